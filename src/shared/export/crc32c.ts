/**
 * CRC-32C (Castagnoli; RFC 3720, B.4), and the masked form of it in which TensorFlow's record files keep it: a checksum of bytes that hold
 * checksums themselves would otherwise be of little use.
 */

/** The polynomial 0x1EDC6F41 with its bits the other way round. */
const POLYNOMIAL = 0x82f63b78;
const MASK = 0xa282ead8;

/** What each byte does to the checksum. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** @returns the checksum as an unsigned 32-bit number */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The checksum turned by 15 bits and moved by a constant (tensorflow/core/lib/hash/crc32c.h). */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
}
