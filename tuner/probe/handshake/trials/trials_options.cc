#include "probe/handshake/trials/trial_bodies.h"
#include "probe/handshake/trials/trial_flow.h"

#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace tuner {
namespace {

// TLS_TX_MAX_PAYLOAD_LEN of include/uapi/linux/tls.h, since 6.19: later than the headers here.
constexpr int kTxMaxPayloadLen = 5;

constexpr std::array<std::uint8_t, 4> kTls{'t', 'l', 's', 0};

template <typename Number>
ByteBuffer bytes_of(Number number) {
  ByteBuffer bytes(sizeof number);
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

int give(Trial& trial, int option, ByteView value) {
  return set_socket_option(trial.kernel(), SOL_TLS, option, value);
}

// The answer to a key for sending, on a connection with the ULP alone.
Outcome answer_to_key(Trial& trial, ByteView key) {
  TRY(trial.connect());
  TRY(trial.set_ulp());
  trial.saw("errno", give(trial, TLS_TX, key));
  return {};
}

// ENOPROTOOPT: this kernel has no such option.
Outcome set_option(Trial& trial, int option, std::string_view name, ByteView value) {
  const int error = give(trial, option, value);
  if (error == ENOPROTOOPT) return trial.refuse(name, error);
  trial.saw("errno", error);
  return {};
}

}  // namespace

Outcome try_ulp_unconnected(Trial& trial) {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return fail(errno_error(errno, "make a TCP socket"));
  trial.saw("errno", set_socket_option(socket.get(), SOL_TCP, TCP_ULP, kTls));
  return {};
}

Outcome try_ulp_twice(Trial& trial) {
  TRY(trial.connect());
  TRY(trial.set_ulp());
  trial.saw("errno", set_socket_option(trial.kernel(), SOL_TCP, TCP_ULP, kTls));
  return {};
}

// TLS 1.1.
Outcome try_unknown_version(Trial& trial) {
  ByteBuffer key = crypto_info(trial.key());
  const ByteBuffer version = bytes_of(std::uint16_t{0x0302});
  std::ranges::copy(version, key.begin());
  return answer_to_key(trial, key);
}

Outcome try_short_key(Trial& trial) {
  const ByteBuffer key = crypto_info(trial.key());
  return answer_to_key(trial, ByteView(key).first(key.size() - 1));
}

Outcome try_other_cipher(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  trial.saw("errno",
            give(trial, TLS_RX, crypto_info(test_key(trial.version(), RecordCipher::Aes256Gcm))));
  return {};
}

// EBUSY: this kernel keeps the first key. Where it takes a second one, what it sends must have it.
Outcome try_second_key(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  TRY(send_through_kernel(trial, trial_content(100), {100}));
  const int error = give(trial, TLS_TX, crypto_info(trial.key()));
  if (error == EBUSY && trial.version() == TlsVersion::Tls13)
    return trial.refuse("a second TLS_TX", error);
  trial.saw("errno", error);
  return error == 0 ? send_through_kernel(trial, trial_content(100), {100}) : Outcome();
}

Outcome try_read_back(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  ByteBuffer header(4);  // version and cipher; with a longer one the kernel would return the key
  auto size = static_cast<socklen_t>(header.size());
  if (::getsockopt(trial.kernel(), SOL_TLS, TLS_TX, header.data(), &size) != 0)
    return trial.answered(errno);
  const ByteBuffer key = crypto_info(trial.key());
  trial.saw("as_given", std::equal(header.begin(), header.end(), key.begin()) ? 1 : 0);
  return {};
}

// TLS has no urgent data.
Outcome try_urgent(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  trial.saw("errno", send_now(trial.kernel(), ByteBuffer{1}, MSG_OOB).error);
  return {};
}

Outcome try_zerocopy_option(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  return set_option(trial, TLS_TX_ZEROCOPY_RO, "TLS_TX_ZEROCOPY_RO", bytes_of(1));
}

Outcome try_no_pad_option(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  TRY(set_option(trial, TLS_RX_EXPECT_NO_PAD, "TLS_RX_EXPECT_NO_PAD", bytes_of(1)));
  return receive_through_kernel(trial, trial_content(kOddBytes),
                                {.records = {16384, 101}, .cuts = {40009}});
}

Outcome try_payload_limit(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  TRY(set_option(trial, kTxMaxPayloadLen, "TLS_TX_MAX_PAYLOAD_LEN", bytes_of(kPayloadLimit)));
  return send_through_kernel(trial, trial_content(10 * kPayloadLimit), {10 * kPayloadLimit});
}

}  // namespace tuner
