#include "probe/handshake/trials/trial_wire.h"

#include <algorithm>

namespace tuner {
namespace {

std::int64_t differences(ByteView a, ByteView b) {
  const std::size_t common = std::min(a.size(), b.size());
  // The usual case first: 64 MiB pass through here.
  std::int64_t count = static_cast<std::int64_t>(std::max(a.size(), b.size()) - common);
  if (std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(common), b.begin()))
    return count;
  for (std::size_t i = 0; i < common; ++i) count += a[i] != b[i] ? 1 : 0;
  return count;
}

}  // namespace

void ContentCheck::take(ByteView content) {
  const auto at = std::min(static_cast<std::size_t>(bytes_), expected_.size());
  const std::size_t known = std::min(content.size(), expected_.size() - at);
  differing_ += differences(content, expected_.subspan(at, known));
  bytes_ += static_cast<std::int64_t>(content.size());
}

void RecordCheck::take(ByteView stream) {
  wire_bytes_ += static_cast<std::int64_t>(stream.size());
  if (lost_) {
    differing_ += static_cast<std::int64_t>(stream.size());
    return;
  }
  buffer_.insert(buffer_.end(), stream.begin(), stream.end());
  std::size_t at = 0;
  while (!lost_ && buffer_.size() - at >= kRecordHeader) {
    const std::size_t size = kRecordHeader + (buffer_[at + 3] * 256U) + buffer_[at + 4];
    if (buffer_.size() - at < size) break;
    take_record(ByteView(buffer_).subspan(at, size));
    at += size;
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at));
}

void RecordCheck::take_record(ByteView record) {
  const auto opened = opening_.open(record);
  if (!opened) {
    // The sequence numbers do not fit any more: no later record can be opened, so all of it
    // differs.
    lost_ = true;
    differing_ += static_cast<std::int64_t>(record.size());
    return;
  }
  types_.push_back(opened->type);
  content_.take(opened->content);
  if (!nonces_.insert(opened->nonce).second) ++repeated_nonces_;
  // The part of the nonce that is in the record is the sender's choice.
  const ByteView nonce = ByteView(opened->nonce).last(8);
  const auto made = sealing_.seal(opened->type, opened->content, nonce);
  differing_ += made ? differences(record, *made) : static_cast<std::int64_t>(record.size());
}

}  // namespace tuner
