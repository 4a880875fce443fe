#include "probe/handshake/server_content.h"

#include "probe/http_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;

// SHA-256 over at most kMostContent bytes.
class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new()) {
    works_ = context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
  }
  void add(std::string_view bytes) {
    bytes = bytes.substr(0, static_cast<std::size_t>(kMostContent - bytes_));
    bytes_ += bytes.size();
    works_ = works_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
  }
  std::uint64_t bytes() const { return bytes_; }
  bool is_full() const { return bytes_ == kMostContent; }
  // Empty: it could not be computed.
  std::string hexadecimal() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (!works_ || EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1) return {};
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  DigestContext context_;
  std::uint64_t bytes_ = 0;
  bool works_ = false;
};

struct ReplyEnd {
  HttpEnd end = HttpEnd::Cut;
  std::string because;
};

ReplyEnd read_reply(ServerConnection& connection, HttpReply& reply, const Digest& digest,
                    Deadline deadline) {
  std::array<char, 16384> buffer;
  while (true) {
    const CallEnd end = connection.read(buffer, deadline);
    // Without close_notify the end may be that of anything on the path, which is no complete
    // content (RFC 8446, 6.1).
    if (end.how == CallEnd::How::Announced && reply.complete_at_end())
      return {.end = HttpEnd::Complete, .because = {}};
    if (!end.done()) return {.because = end.words};
    const auto complete = reply.take(std::string_view(buffer.data(), end.size));
    if (!complete) return {.because = complete.error().text};
    if (*complete) return {.end = HttpEnd::Complete, .because = {}};
    if (digest.is_full())
      return {.end = HttpEnd::Limited,
              .because = fmt::format("no more than {} MiB were read", kMostContent >> 20U)};
    if (std::chrono::steady_clock::now() >= deadline)
      return {.because = "it was not complete within the time limit"};
  }
}

}  // namespace

HttpContent fetch(ServerConnection& connection, std::string_view host, std::string_view path,
                  Deadline deadline) {
  Digest digest;
  HttpReply reply([&](std::string_view bytes) { digest.add(bytes); });
  const CallEnd sent = connection.write(http_request(host, path), deadline);
  const ReplyEnd end = sent.done() ? read_reply(connection, reply, digest, deadline)
                                   : ReplyEnd{.because = sent.words};
  return {.status = reply.status(),
          .bytes = digest.bytes(),
          .sha256 = digest.hexadecimal(),
          .end = end.end,
          .because = end.because};
}

}  // namespace tuner
