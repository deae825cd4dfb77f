package avro

import (
	"math"

	"schemaside/backend/schema/jsontree"
)

// logicalAttributes are the attributes that make up a logical type which fits its type, in the order in which the
// normalised text has them. There are none if it doesn't fit.
func (t *typ) logicalAttributes() []string {
	name := t.attribute("logicalType")
	if name == nil || name.Kind != jsontree.String || !t.fitsLogical(name.Text) {
		return nil
	}
	attributes := []string{"logicalType"}
	if name.Text == "decimal" {
		attributes = append(attributes, "precision")
		if scale, _ := t.int32("scale"); scale != 0 {
			attributes = append(attributes, "scale")
		}
	}
	return attributes
}

// logicalName is the logical type with what tells it from others of its name, and "none" if there is none that fits.
func (t *typ) logicalName() string {
	switch attributes := t.logicalAttributes(); {
	case attributes == nil:
		return "none"
	case t.attribute("logicalType").Text == "decimal":
		precision, _ := t.int32("precision")
		scale, _ := t.int32("scale")
		return "decimal(" + itoa(int(precision)) + "," + itoa(int(scale)) + ")"
	default:
		return t.attribute("logicalType").Text
	}
}

func (t *typ) fitsLogical(name string) bool {
	switch name {
	case "date", "time-millis":
		return t.kind == kindInt
	case "time-micros", "timestamp-millis", "timestamp-micros", "timestamp-nanos",
		"local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos":
		return t.kind == kindLong
	case "uuid":
		return t.kind == kindString || t.kind == kindFixed && t.size == 16
	case "duration":
		return t.kind == kindFixed && t.size == 12
	case "big-decimal":
		return t.kind == kindBytes
	case "decimal":
		return t.fitsDecimal()
	}
	return false
}

func (t *typ) fitsDecimal() bool {
	precision, given := t.int32("precision")
	if !given || precision <= 0 {
		return false
	}
	scale, given := t.int32("scale")
	if !given && t.attribute("scale") != nil || scale < 0 || scale > precision {
		return false
	}
	switch t.kind {
	case kindBytes:
		return true
	case kindFixed:
		return float64(precision) <= math.Floor(math.Log10(2)*float64(8*t.size-1))
	}
	return false
}

// int32 is a custom attribute that is an integer of 32 bits.
func (t *typ) int32(key string) (n int64, given bool) {
	v := t.attribute(key)
	if v == nil {
		return 0, false
	}
	n, given = int64Of(v)
	return n, given && n >= math.MinInt32 && n <= math.MaxInt32
}
