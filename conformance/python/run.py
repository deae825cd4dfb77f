"""Round trips of confluent-kafka's serialisers through a running registry.

    python run.py --url http://127.0.0.1:8081
    python run.py --url http://127.0.0.1:8081/contexts/.team-a --shown :.team-a:
    python run.py --url http://127.0.0.1:8081 --prefix :.team-a: --shown :.team-a:

The context must be empty. The command fails when a case fails.
"""

import argparse
import logging
import sys

import avro_records
import json_records
import older_client
import protobuf_records
import registry_calls
from harness import Door, run


def main():
    parser = argparse.ArgumentParser(description="Round trips of confluent-kafka's serialisers.")
    parser.add_argument("--url", required=True, help="base URL; may end in /contexts/NAME")
    parser.add_argument("--prefix", default="", help="put before each subject that is asked for")
    parser.add_argument("--shown", default="", help="stands before each subject in answers")
    args = parser.parse_args()
    logging.disable(logging.ERROR)  # the client logs each refusal that a case wants
    modules = (avro_records, protobuf_records, json_records, registry_calls, older_client)
    cases = [case for module in modules for case in module.CASES]
    failures = run(Door(args.url, args.prefix, args.shown), cases)
    print(f"{len(cases)} cases, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
