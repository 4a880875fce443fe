#include "bench/load/kernel/marked_socket.h"

#include "base/handle.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace tuner {
namespace {

using BioMethod = Handle<BIO_METHOD, BIO_meth_free>;

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

// SCM_TIMESTAMPING: {software, unused, hardware} (Documentation/networking/timestamping.rst). Zero:
// the packet had none.
std::optional<std::int64_t> stamp_in(msghdr& message) {
  for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
    if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_TIMESTAMPING) continue;
    scm_timestamping stamps{};
    std::memcpy(&stamps, CMSG_DATA(one), sizeof stamps);
    const std::int64_t software = nanoseconds(stamps.ts[0]);
    if (software != 0) return software;
  }
  return std::nullopt;
}

MarkedSocket& socket_of(BIO* bio) {
  return *static_cast<MarkedSocket*>(BIO_get_data(bio));
}

// EAGAIN on a blocking socket: its time limit is over, which libssl reports as "try again".
int read_bio(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const auto got = socket_of(bio).receive(
      {reinterpret_cast<std::uint8_t*>(into), static_cast<std::size_t>(size)});
  if (got < 0 && errno == EAGAIN) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

int write_bio(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent = socket_of(bio).send(
      {reinterpret_cast<const std::uint8_t*>(from), static_cast<std::size_t>(size)});
  if (sent < 0 && errno == EAGAIN) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

// Nothing is buffered. 0 to all other questions: libssl asks whether there is kernel TLS.
long control_bio(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BioMethod make_method() {
  BioMethod method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "marked socket"));
  if (!method || BIO_meth_set_read(method.get(), read_bio) != 1 ||
      BIO_meth_set_write(method.get(), write_bio) != 1 ||
      BIO_meth_set_ctrl(method.get(), control_bio) != 1)
    return nullptr;
  return method;
}

}  // namespace

std::int64_t realtime_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now);
}

Outcome MarkedSocket::ask_stamps(bool wanted) {
  const int software = wanted ? SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE : 0;
  if (::setsockopt(socket_, SOL_SOCKET, SO_TIMESTAMPING, &software, sizeof software) != 0)
    return fail(errno_error(errno, "ask for time stamps"));
  stamps_ = wanted;
  return {};
}

ssize_t MarkedSocket::receive(std::span<std::uint8_t> into) {
  iovec part{.iov_base = into.data(), .iov_len = into.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(scm_timestamping))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (stamps_) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
  }
  const std::int64_t begin = realtime_ns();
  const ssize_t size = ::recvmsg(socket_, &message, 0);
  const int error = errno;
  const std::int64_t took = realtime_ns() - begin;
  if (!marks_) marks_ = MessageReceive{.begin = begin, .nanoseconds = 0};
  marks_->nanoseconds += took;
  if (size > 0 && stamps_) stamp_ = stamp_in(message);
  // read_bio() asks for the errno of recvmsg(2), behind calls that may have set another.
  errno = error;
  return size;
}

ssize_t MarkedSocket::send(std::span<const std::uint8_t> bytes) const {
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

BIO* marked_bio(MarkedSocket& socket) {
  static const BioMethod method = make_method();
  BIO* const bio = method ? BIO_new(method.get()) : nullptr;
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &socket);
  // BIO_read() and BIO_write() refuse one that is not marked as ready (BIO_set_init(3)).
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace tuner
