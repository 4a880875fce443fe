#include "probe/http_reply.h"

#include "base/text.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tuner {
namespace {

constexpr std::size_t kLongestLine = 1024;  // of a chunk's size

tl::unexpected<Error> no_reply(std::string_view what, std::string_view text) {
  return fail(Fault::Invalid, fmt::format("{}: {}", what, in_quotes(text)));
}

// The whole text as a number.
std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

// "HTTP/1.1 200 OK"; nullopt: it is not.
std::optional<int> status_of(std::string_view line) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return std::nullopt;
  // The reason phrase may be absent (RFC 9112, 4).
  if (line.size() > 12 && line[12] != ' ') return std::nullopt;
  const auto code = number(line.substr(9, 3), 10);
  if (!code || *code < 100) return std::nullopt;
  return static_cast<int>(*code);
}

}  // namespace

// identity: what is hashed is the content itself, and not how this server packs it.
std::string http_request(std::string_view host, std::string_view path) {
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: ktls-tuner\r\nAccept: */*\r\n"
      "Accept-Encoding: identity\r\nConnection: close\r\n\r\n",
      path, host);
}

Result<bool> HttpReply::take(std::string_view bytes) {
  while (!bytes.empty() && state_ != State::Done) TRY(step(bytes));
  return state_ == State::Done;
}

Outcome HttpReply::step(std::string_view& bytes) {
  switch (state_) {
    case State::Head: return take_head(bytes);
    case State::Fixed:
      give(bytes);
      if (left_ == 0) state_ = State::Done;
      return {};
    case State::ToEnd:
      // Without a length the content ends with the connection (RFC 9112, 6.3), so all that comes
      // belongs to it.
      left_ = bytes.size();
      give(bytes);
      return {};
    case State::ChunkSize: return take_chunk_size(bytes);
    case State::ChunkData:
      give(bytes);
      if (left_ == 0) state_ = State::ChunkEnd;
      return {};
    case State::ChunkEnd: {
      const auto end = TRY(line(bytes, kLongestLine));
      if (end && !end->empty()) return no_reply("a chunk is longer than its size", *end);
      if (end) state_ = State::ChunkSize;
      return {};
    }
    case State::Trailers: return take_trailer(bytes);
    case State::Done: break;
  }
  return {};
}

Result<std::optional<std::string>> HttpReply::line(std::string_view& bytes, std::size_t longest) {
  const auto end = bytes.find('\n');
  const std::string_view part = bytes.substr(0, end);
  if (line_.size() + part.size() > longest)
    return fail(Fault::TooLarge,
                fmt::format("the reply has a line of more than {} bytes", longest));
  // A line may arrive in pieces; what came before is kept until its end is there.
  line_ += part;
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  if (end == std::string_view::npos) return std::optional<std::string>();
  if (line_.ends_with('\r')) line_.pop_back();
  return std::optional(std::exchange(line_, {}));
}

Outcome HttpReply::take_head(std::string_view& bytes) {
  const std::size_t before = bytes.size();
  const auto text = TRY(line(bytes, kLongestHead));
  head_size_ += before - bytes.size();
  if (head_size_ > kLongestHead)
    return fail(Fault::TooLarge,
                fmt::format("the reply's head is longer than {} bytes", kLongestHead));
  if (!text) return {};
  if (status_ == 0) {
    const auto status = status_of(*text);
    if (!status) return no_reply("the answer is no HTTP/1 reply", *text);
    status_ = *status;
    return {};
  }
  return text->empty() ? end_head() : take_field(*text);
}

Outcome HttpReply::take_field(std::string_view field) {
  const auto colon = field.find(':');
  if (colon == std::string_view::npos) return no_reply("a header field has no colon", field);
  const std::string name = lowered(field.substr(0, colon));
  const std::string_view value = trim(field.substr(colon + 1));
  if (name == "transfer-encoding") {
    // The request has no TE field, so the server may use no other coding (RFC 9112, 7.4).
    if (lowered(value) != "chunked") return no_reply("an unknown Transfer-Encoding", value);
    chunked_ = true;
  }
  if (name != "content-length") return {};
  const auto length = number(value, 10);
  // A repeated field is valid if its values are the same (RFC 9112, 6.3).
  if (!length || (length_ && *length_ != *length))
    return no_reply("an invalid Content-Length", value);
  length_ = *length;
  return {};
}

// A reply 1xx precedes the one that counts (RFC 9110, 15.2). Transfer-Encoding overrides
// Content-Length (RFC 9112, 6.3).
Outcome HttpReply::end_head() {
  if (status_ < 200) {
    status_ = 0;
    length_.reset();
    chunked_ = false;
    return {};
  }
  // These have no content, whatever the fields say (RFC 9112, 6.3).
  if (status_ == 204 || status_ == 304) {
    state_ = State::Done;
  } else if (chunked_) {
    state_ = State::ChunkSize;
  } else if (length_) {
    left_ = *length_;
    state_ = left_ == 0 ? State::Done : State::Fixed;
  } else {
    state_ = State::ToEnd;
  }
  return {};
}

Outcome HttpReply::take_chunk_size(std::string_view& bytes) {
  const auto text = TRY(line(bytes, kLongestLine));
  if (!text) return {};
  // Extensions of a chunk may follow a semicolon (RFC 9112, 7.1.1).
  const auto size = number(trim(std::string_view(*text).substr(0, text->find(';'))), 16);
  if (!size) return no_reply("a chunk has no size", *text);
  left_ = *size;
  state_ = left_ == 0 ? State::Trailers : State::ChunkData;
  return {};
}

// Counted with the head, so that trailers have an end.
Outcome HttpReply::take_trailer(std::string_view& bytes) {
  const std::size_t before = bytes.size();
  const auto text = TRY(line(bytes, kLongestLine));
  head_size_ += before - bytes.size();
  if (head_size_ > kLongestHead)
    return fail(Fault::TooLarge,
                fmt::format("the reply's trailers are longer than {} bytes", kLongestHead));
  if (text && text->empty()) state_ = State::Done;
  return {};
}

void HttpReply::give(std::string_view& bytes) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  content_(bytes.substr(0, size));
  left_ -= size;
  bytes.remove_prefix(size);
}

}  // namespace tuner
