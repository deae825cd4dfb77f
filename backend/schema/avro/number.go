package avro

import (
	"math"
	"strconv"
	"strings"

	"schemaside/backend/schema/jsontree"
)

// numberText is how a number prints: an integer digit by digit, any other as a double.
func numberText(text string) (string, error) {
	if strings.ContainsAny(text, ".eE") {
		// Out of range is no failure: the number is then infinite.
		number, _ := strconv.ParseFloat(text, 64)
		return doubleText(number, 64), nil
	}
	if text == "-0" {
		text = "0"
	}
	return text, nil
}

func doubleOf(number float64, bits int) *jsontree.Value {
	return &jsontree.Value{Kind: jsontree.Number, Text: doubleText(number, bits)}
}

// isInteger tells an integer from a double, which prints with a point, or in quotes if it is no number.
func isInteger(v *jsontree.Value) bool {
	return v.Kind == jsontree.Number && !strings.ContainsAny(v.Text, `."`)
}

// int64Of is false for what isn't an integer of 64 bits.
func int64Of(v *jsontree.Value) (int64, bool) {
	if !isInteger(v) {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	return n, err == nil
}

// float64Of is a number as a double, which may be infinite.
func float64Of(v *jsontree.Value) float64 {
	number, _ := strconv.ParseFloat(strings.Trim(v.Text, `"`), 64)
	return number
}

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
