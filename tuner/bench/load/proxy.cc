#include "bench/load/proxy.h"

#include "base/handle.h"
#include "bench/load/transfer.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

namespace tuner {
namespace {

// Before 6.1.189 and 6.12.112 the kernel loses the rest of a record for which the pipe has no room
// ("net: tls: fix silent data drop under pipe back-pressure"). A record takes up to 17 places, one
// a page or part of one; a pipe of usual size has 16.
constexpr int kPipeBytes = 4 * static_cast<int>(kCallBytes);

struct Pipe {
  UniqueFd out;
  UniqueFd in;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) return fail(errno_error(errno, "make a pipe"));
  Pipe pipe{.out = UniqueFd(fds[0]), .in = UniqueFd(fds[1])};
  if (::fcntl(pipe.in.get(), F_SETPIPE_SZ, kPipeBytes) < 0)
    return fail(errno_error(errno, "make a pipe larger"));
  return pipe;
}

Result<std::size_t> splice(int from, int to, std::size_t size, std::string_view doing) {
  const ssize_t moved = ::splice(from, nullptr, to, nullptr, size, SPLICE_F_MOVE);
  if (moved < 0 && errno == EAGAIN) return no_progress(doing);
  if (moved < 0) return fail(errno_error(errno, doing));
  if (moved == 0) return fail(Fault::Io, std::string(doing) + ": the peer ended the connection");
  return static_cast<std::size_t>(moved);
}

}  // namespace

Outcome begin_proxy(const ProxyEnds& ends) {
  TRY(ends.receiving.connect());
  return ends.sending.accept();
}

Outcome pass_on(const ProxyEnds& ends, const ProxyTotal& total) {
  std::vector<std::uint8_t> buffer(kCallBytes);
  for (std::uint64_t passed = 0; passed < total();) {
    const std::size_t size = TRY(ends.receiving.receive(buffer));
    TRY(ends.sending.send(std::span(buffer).first(size)));
    passed += size;
  }
  return {};
}

Outcome pass_on_by_splice(const ProxyEnds& ends, const ProxyTotal& total) {
  if (!ends.receiving.ktls_recv() || !ends.sending.ktls_send())
    return fail(Fault::Unsupported, "splice() needs kernel TLS at both sockets of the proxy");
  // Bytes that OpenSSL holds would never arrive.
  if (ends.receiving.holds_bytes())
    return fail(Fault::Io, "OpenSSL has read ahead, before the kernel took over");
  const Pipe pipe = TRY(make_pipe());
  for (std::uint64_t passed = 0; passed < total();) {
    // The pipe is emptied before the next call: so it always has room for a whole record.
    std::size_t held =
        TRY(splice(ends.receiving.socket(), pipe.in.get(), kCallBytes, "splice from a socket"));
    passed += held;
    while (held > 0)
      held -= TRY(splice(pipe.out.get(), ends.sending.socket(), held, "splice to a socket"));
  }
  return {};
}

}  // namespace tuner
