package avro

import (
	"math"
	"strconv"
	"strings"
)

// doubleText is a number as Java prints it, in quotes if JSON has none for it; bits is 32 for a float.
func doubleText(x float64, bits int) string {
	switch {
	case math.IsNaN(x):
		return `"NaN"`
	case math.IsInf(x, 1):
		return `"Infinity"`
	case math.IsInf(x, -1):
		return `"-Infinity"`
	case x == 0 && math.Signbit(x):
		return "-0.0"
	case x == 0:
		return "0.0"
	}
	sign, digits, exponent := decimal(x, bits)
	if exponent < -3 || exponent >= 7 {
		if len(digits) == 1 {
			digits += "0"
		}
		return sign + digits[:1] + "." + digits[1:] + "E" + strconv.Itoa(exponent)
	}
	if exponent < 0 {
		return sign + "0." + strings.Repeat("0", -exponent-1) + digits
	}
	if missing := exponent + 2 - len(digits); missing > 0 {
		digits += strings.Repeat("0", missing)
	}
	return sign + digits[:exponent+1] + "." + digits[exponent+1:]
}

// decimal is the shortest decimal that means x: its digits, the dot after the first, and its exponent.
func decimal(x float64, bits int) (sign, digits string, exponent int) {
	text := strconv.FormatFloat(x, 'e', -1, bits)
	// Java weighs decimals of two digits even where one digit would do: the least double is 4.9E-324, not 5E-324.
	if two := strconv.FormatFloat(x, 'e', 1, bits); len(two) > len(text) {
		if back, err := strconv.ParseFloat(two, bits); err == nil && back == x {
			text = two
		}
	}
	text, negative := strings.CutPrefix(text, "-")
	if negative {
		sign = "-"
	}
	mantissa, exp, _ := strings.Cut(text, "e")
	exponent, _ = strconv.Atoi(exp)
	digits = strings.TrimRight(strings.Replace(mantissa, ".", "", 1), "0")
	return sign, digits, exponent
}

// latin1 replaces what the bytes of a default can't hold with "?".
func latin1(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFF {
			return '?'
		}
		return r
	}, s)
}
