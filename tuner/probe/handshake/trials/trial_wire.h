// What arrives at the two ends of a trial: records at the raw end, content at the end whose records
// the kernel opens. Pure but for EVP.
#pragma once

#include "probe/handshake/trials/record_protection.h"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace tuner {

// Compares content with what was sent, as it arrives.
class ContentCheck {
 public:
  explicit ContentCheck(ByteView expected) : expected_(expected) {}
  void take(ByteView content);
  std::int64_t bytes() const { return bytes_; }
  // Bytes with another value, and those beyond the end.
  std::int64_t differing() const { return differing_; }
  bool complete() const { return bytes_ >= static_cast<std::int64_t>(expected_.size()); }

 private:
  ByteView expected_;
  std::int64_t bytes_ = 0;
  std::int64_t differing_ = 0;
};

// Splits a stream into records and opens them. Each byte of a record is compared with what EVP
// makes of the same content, and the content with `expected`.
class RecordCheck {
 public:
  RecordCheck(RecordProtection opening, RecordProtection sealing, ByteView expected)
      : opening_(std::move(opening)), sealing_(std::move(sealing)), content_(expected) {}

  void take(ByteView stream);

  std::int64_t records() const { return static_cast<std::int64_t>(types_.size()); }
  std::int64_t wire_bytes() const { return wire_bytes_; }
  std::int64_t bytes() const { return content_.bytes(); }
  // All bytes of a record that is not authentic differ, and so does what follows it.
  std::int64_t differing() const { return content_.differing() + differing_; }
  std::int64_t repeated_nonces() const { return repeated_nonces_; }
  // Of the records, in their order.
  const std::vector<std::uint8_t>& types() const { return types_; }
  bool complete() const { return content_.complete(); }

 private:
  void take_record(ByteView record);

  RecordProtection opening_;
  RecordProtection sealing_;
  ContentCheck content_;
  ByteBuffer buffer_;
  std::set<ByteBuffer> nonces_;
  std::vector<std::uint8_t> types_;
  std::int64_t wire_bytes_ = 0;
  std::int64_t differing_ = 0;
  std::int64_t repeated_nonces_ = 0;
  bool lost_ = false;  // a record was not authentic: the next cannot be opened
};

}  // namespace tuner
