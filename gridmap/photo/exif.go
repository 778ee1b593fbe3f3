package photo

import (
	"bytes"
	"encoding/binary"
)

// orientation reads how a JPEG is to be turned from its EXIF block; 1, as it
// is, where there is none or it makes no sense.
func orientation(data []byte) int {
	const app1, startOfScan = 0xE1, 0xDA
	for at := 2; at+4 <= len(data) && data[at] == 0xFF && data[at+1] != startOfScan; {
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if end > len(data) || end < at+4 {
			return 1
		}
		if body, ok := bytes.CutPrefix(data[at+4:end], []byte("Exif\x00\x00")); ok && data[at+1] == app1 {
			return orientationOf(body)
		}
		at = end
	}
	return 1
}

// orientationOf reads the Orientation of the first directory of a TIFF block.
func orientationOf(tiff []byte) int {
	const tag, entryBytes = 0x0112, 12
	var order binary.ByteOrder
	switch {
	case len(tiff) < 8:
		return 1
	case string(tiff[:4]) == "II*\x00":
		order = binary.LittleEndian
	case string(tiff[:4]) == "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	first := uint64(order.Uint32(tiff[4:]))
	if first+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[first+2:]
	for range order.Uint16(tiff[first:]) {
		if len(entries) < entryBytes {
			return 1
		}
		if order.Uint16(entries) == tag {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[entryBytes:]
	}
	return 1
}
