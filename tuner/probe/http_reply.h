// Reads an HTTP/1.x reply (RFC 9112) as it arrives and gives its content to a function. Pure. The
// server is not trusted: head, lines and trailers are limited, and nothing is kept of the content.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::size_t kLongestHead = 65536;  // status line and header fields, in bytes

// The request for a path. The connection ends with the reply.
std::string http_request(std::string_view host, std::string_view path);

class HttpReply {
 public:
  using Content = std::function<void(std::string_view)>;
  explicit HttpReply(Content content) : content_(std::move(content)) {}

  // true: the reply is complete, what follows is ignored. Invalid: this is no HTTP reply. TooLarge:
  // a head or a line above the limit.
  Result<bool> take(std::string_view bytes);
  // Whether the end of the connection, if it was announced (close_notify), completes the reply.
  bool complete_at_end() const { return state_ == State::ToEnd; }
  int status() const { return status_; }  // 0: not yet known

 private:
  enum class State { Head, Fixed, ToEnd, ChunkSize, ChunkData, ChunkEnd, Trailers, Done };

  // Takes a part of the bytes in the present state.
  Outcome step(std::string_view& bytes);
  // A line without its end; nullopt: it is not complete yet. `longest`: of the line.
  Result<std::optional<std::string>> line(std::string_view& bytes, std::size_t longest);
  Outcome take_head(std::string_view& bytes);
  Outcome take_field(std::string_view field);
  Outcome end_head();
  Outcome take_chunk_size(std::string_view& bytes);
  Outcome take_trailer(std::string_view& bytes);
  void give(std::string_view& bytes);

  Content content_;
  State state_ = State::Head;
  std::string line_;
  std::size_t head_size_ = 0;
  int status_ = 0;
  bool chunked_ = false;
  std::optional<std::uint64_t> length_;
  std::uint64_t left_ = 0;  // of the content or the chunk
};

}  // namespace tuner
