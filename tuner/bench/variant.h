// What a benchmark measures: workloads, and the rows of each. Plain data.
#pragma once

#include "base/words.h"
#include "probe/report.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

// What connections are measured with.
enum class BenchWorkload {
  Bulk,          // the same content again
  Latency,       // requests
  Messages,      // one at a time, with a mark at each stage
  SmallRecords,  // one call sends one record
  Files,         // one call sends a file
  Connections,   // many at once
  Handshakes,    // new connections
  SlowReaders,   // some of the connections pause
  Loss           // loopback loses packets
};
template <>
inline constexpr auto kWords<BenchWorkload> =
    std::to_array<Word<BenchWorkload>>({{BenchWorkload::Bulk, "bulk"},
                                        {BenchWorkload::Latency, "latency"},
                                        {BenchWorkload::Messages, "messages"},
                                        {BenchWorkload::SmallRecords, "small-records"},
                                        {BenchWorkload::Files, "files"},
                                        {BenchWorkload::Connections, "connections"},
                                        {BenchWorkload::Handshakes, "handshakes"},
                                        {BenchWorkload::SlowReaders, "slow-readers"},
                                        {BenchWorkload::Loss, "loss"}});

// How a connection's bytes are handed over. The receiving end reads them by recv() or SSL_read(),
// in user space but for KtlsReceive. In a proxy's mode a third program stands between the two ends,
// with a connection to each; what is measured is the proxy.
enum class BenchMode {
  Plain,
  PlainSendfile,
  Tls,
  TlsProxy,
  Ktls,
  KtlsSendfile,
  KtlsZerocopy,
  KtlsReceive,
  KtlsSplice
};
template <>
inline constexpr auto kWords<BenchMode> = std::to_array<Word<BenchMode>>(
    {{BenchMode::Plain, "plain"},                   // send(2)
     {BenchMode::PlainSendfile, "plain-sendfile"},  // sendfile(2)
     {BenchMode::Tls, "tls"},                       // SSL_write(), in user space
     {BenchMode::TlsProxy, "tls-proxy"},            // SSL_read() and SSL_write(), in user space
     {BenchMode::Ktls, "ktls"},                     // tls, the sender with SSL_OP_ENABLE_KTLS
     {BenchMode::KtlsSendfile, "ktls-sendfile"},    // SSL_sendfile()
     {BenchMode::KtlsZerocopy, "ktls-zerocopy"},    // the same with TLS_TX_ZEROCOPY_RO
     {BenchMode::KtlsReceive, "ktls-receive"},      // tls, the receiver with SSL_OP_ENABLE_KTLS
     {BenchMode::KtlsSplice,
      "ktls-splice"}});  // a proxy with kernel TLS at both sockets: splice(2)

constexpr bool is_tls(BenchMode mode) {
  return mode >= BenchMode::Tls;
}
constexpr bool asks_kernel(BenchMode mode) {
  return mode >= BenchMode::Ktls;
}
constexpr bool is_proxy(BenchMode mode) {
  return mode == BenchMode::TlsProxy || mode == BenchMode::KtlsSplice;
}
constexpr bool sends_file(BenchMode mode) {
  return mode == BenchMode::PlainSendfile || mode == BenchMode::KtlsSendfile ||
         mode == BenchMode::KtlsZerocopy;
}
// Which directions of its end, or of the proxy, a mode asks the kernel for.
constexpr bool asks_to_send(BenchMode mode) {
  return asks_kernel(mode) && mode != BenchMode::KtlsReceive;
}
constexpr bool asks_to_receive(BenchMode mode) {
  return mode == BenchMode::KtlsReceive || mode == BenchMode::KtlsSplice;
}

// A row of the result. Modes with TLS have a version and a cipher, the others have neither.
struct BenchVariant {
  BenchMode mode = BenchMode::Plain;
  std::optional<TlsVersion> version;
  std::optional<TlsCipher> cipher;
  // Of a workload that is a series: the bytes of a record, … (bench/series.h). nullopt: no series.
  std::optional<std::uint64_t> point = std::nullopt;
  bool operator==(const BenchVariant&) const = default;
};
// "ktls TLSv1.3 AES-128-GCM", and " at 1024" for a point
std::string variant_name(const BenchVariant& variant);
// The same in user space: what a row that asks for the kernel is compared with; nullopt: others.
std::optional<BenchVariant> user_space_of(const BenchVariant& variant);

// Which rows are measured. Empty: all modes, TLS 1.2 and 1.3, AES-128-GCM.
struct BenchChoice {
  std::vector<BenchMode> modes;
  std::vector<TlsVersion> versions;
  std::vector<TlsCipher> ciphers;
};
// The modes without TLS, then the others by version and cipher, in the order of BenchMode. `plain`
// and what a chosen row is compared with are there in any case.
std::vector<BenchVariant> variants_of(const BenchChoice& choice);
// The same of the modes with one connection whose sender alone asks for the kernel.
std::vector<BenchVariant> usual_variants(BenchChoice choice = {});

}  // namespace tuner
