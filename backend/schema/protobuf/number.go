package protobuf

import (
	"math/big"
	"strconv"
	"strings"
)

// maxDigits is how many digits a number may have to be written anew.
const maxDigits = 400

// normalNumber writes a number without exponent, radix, type suffix and needless zeros. It keeps the value exactly: the
// reference rounds to three decimals. What isn't a number stays as it is.
func normalNumber(text string) string {
	digits, negative := strings.CutPrefix(text, "-")
	sign := ""
	if negative {
		sign = "-"
	}
	if len(digits) > maxDigits {
		return text
	}
	if hex, ok := cutHex(digits); ok {
		return radix(text, sign, hex, 16)
	}
	number := strings.TrimRight(digits, "fFdDlL")
	if len(digits)-len(number) > 1 || number == "" {
		return text
	}
	if len(number) > 1 && number[0] == '0' && strings.Trim(number, "0123456789") == "" {
		return radix(text, sign, number, 8)
	}
	if plain, ok := decimal(number); ok {
		return sign + plain
	}
	return text
}

func cutHex(s string) (string, bool) {
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		return hex, true
	}
	return strings.CutPrefix(s, "0X")
}

func radix(text, sign, digits string, base int) string {
	n, ok := new(big.Int).SetString(digits, base)
	if !ok || n.Sign() < 0 {
		return text
	}
	return sign + n.String()
}

// decimal writes digits with a point and an exponent as plain digits.
func decimal(s string) (string, bool) {
	mantissa, exponent := s, 0
	if at := strings.IndexAny(s, "eE"); at >= 0 {
		e, err := strconv.Atoi(s[at+1:])
		if err != nil || e > maxDigits || e < -maxDigits {
			return "", false
		}
		mantissa, exponent = s[:at], e
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	point := len(whole) + exponent
	if point < 0 {
		digits, point = strings.Repeat("0", -point)+digits, 0
	}
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	whole = strings.TrimLeft(digits[:point], "0")
	fraction = strings.TrimRight(digits[point:], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return whole, true
	}
	return whole + "." + fraction, true
}
