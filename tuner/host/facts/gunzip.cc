#include "host/facts/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <memory>

namespace tuner {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;  // inflateInit2(): accept the gzip format only

struct End {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

}  // namespace

bool is_gzip(std::string_view bytes) {
  return bytes.starts_with("\x1f\x8b");
}

Result<std::string> gunzip(std::string_view bytes, std::size_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK)
    return fail(Fault::Invalid, "cannot initialize zlib");
  const std::unique_ptr<z_stream, End> guard(&stream);
  // Most texts are 4 to 5 times as long as their compressed form. The limit is not allocated.
  std::string text(std::min(limit, 64 + 6 * bytes.size()), '\0');
  // zlib does not write to next_in, but its type lacks const.
  stream.next_in = const_cast<Bytef*>(  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  // The buffer grows up to the limit and no further, so a crafted file cannot fill the memory. A
  // truncated file never reaches Z_STREAM_END.
  int answer = inflate(&stream, Z_FINISH);
  while (answer == Z_BUF_ERROR && stream.avail_out == 0 && text.size() < limit) {
    const std::size_t full = text.size();
    text.resize(std::min(limit, 2 * full));
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + full);
    stream.avail_out = static_cast<uInt>(text.size() - full);
    answer = inflate(&stream, Z_FINISH);
  }
  if (answer != Z_STREAM_END)
    return fail(Fault::Invalid,
                stream.avail_out == 0 ? "too large when decompressed" : "damaged or truncated");
  text.resize(text.size() - stream.avail_out);
  return text;
}

}  // namespace tuner
