package jsonschema

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
)

var errNumber = errors.New("number out of bounds")

// decimal is an unscaled integer and a power of ten: digits × 10^-scale.
type decimal struct {
	negative bool
	// digits has no leading zeros, but for "0" itself.
	digits string
	scale  int64
}

// parseDecimal reads a JSON number, or a number as canonicalNumber prints it.
func parseDecimal(number string) (decimal, error) {
	var d decimal
	mantissa, exponent := number, ""
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		mantissa, exponent = number[:i], number[i+1:]
	}
	if d.negative = strings.HasPrefix(mantissa, "-"); d.negative {
		mantissa = mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if d.digits = strings.TrimLeft(whole+fraction, "0"); d.digits == "" {
		d.digits, d.negative = "0", false
	}
	d.scale = int64(len(fraction))
	if exponent != "" {
		n, err := strconv.ParseInt(exponent, 10, 64)
		if err != nil || n > math.MaxInt32 || n < -math.MaxInt32 {
			return d, errNumber
		}
		d.scale -= n
	}
	if d.scale > math.MaxInt32 || d.scale < -math.MaxInt32 {
		return d, errNumber
	}
	return d, nil
}

// canonicalNumber prints a JSON number the way the reference server does: integers digit by digit, others as Java
// prints a decimal (spec/schema-languages.md 2.2).
func canonicalNumber(number string) (string, error) {
	if len(number) > maxNumber {
		return "", errNumber
	}
	d, err := parseDecimal(number)
	if err != nil {
		return "", err
	}
	sign := ""
	if d.negative {
		sign = "-"
	}
	if !strings.ContainsAny(number, ".eE") {
		return sign + d.digits, nil
	}
	adjusted := int64(len(d.digits)) - 1 - d.scale
	if d.scale >= 0 && adjusted >= -6 {
		return sign + d.plain(), nil
	}
	return sign + d.scientific(adjusted), nil
}

func (d decimal) plain() string {
	if d.scale == 0 {
		return d.digits
	}
	digits, scale := d.digits, int(d.scale)
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - scale
	return digits[:point] + "." + digits[point:]
}

func (d decimal) scientific(adjusted int64) string {
	out := d.digits[:1]
	if len(d.digits) > 1 {
		out += "." + d.digits[1:]
	}
	if adjusted == 0 {
		return out
	}
	if adjusted > 0 {
		return out + "E+" + strconv.FormatInt(adjusted, 10)
	}
	return out + "E" + strconv.FormatInt(adjusted, 10)
}

// isInteger tells whether a canonical number is printed as an integer.
func isInteger(number string) bool { return !strings.ContainsAny(number, ".E") }

// isZero tells whether a canonical number is nothing but zeros before its exponent.
func isZero(number string) bool {
	d, err := parseDecimal(number)
	return err == nil && d.digits == "0"
}

// float is a canonical number as a double; infinite beyond its range.
func float(number string) float64 {
	f, _ := strconv.ParseFloat(number, 64) // out of range is the only error, and gives an infinity
	return f
}

// isMultiple tells whether a is a whole multiple of b, exactly. Exponents may be of any size: no power of ten is
// written out.
func isMultiple(a, b string) bool {
	x, errX := parseDecimal(a)
	y, errY := parseDecimal(b)
	if errX != nil || errY != nil || y.digits == "0" {
		return false
	}
	if x.digits == "0" {
		return true
	}
	n, m := x.unscaled(), y.unscaled()
	shift := y.scale - x.scale // x = n × 10^shift in units of y's scale
	if shift >= 0 {
		power := new(big.Int).Exp(big.NewInt(10), big.NewInt(shift), m)
		return power.Mul(power, n).Mod(power, m).Sign() == 0
	}
	if -shift > int64(len(x.digits)) {
		return false // n has no room for that many powers of ten
	}
	m.Mul(m, new(big.Int).Exp(big.NewInt(10), big.NewInt(-shift), nil))
	return n.Mod(n, m).Sign() == 0
}

// unscaled is the absolute value of the digits.
func (d decimal) unscaled() *big.Int {
	n, _ := new(big.Int).SetString(d.digits, 10)
	return n
}
