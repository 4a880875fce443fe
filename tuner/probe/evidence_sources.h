// The checks shared by connections with both ends on this host (evidence.h) and with one
// (own_evidence.h). Pure.
#pragma once

#include "probe/driver_counters.h"
#include "probe/evidence.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

// One direction, with its names and fields in each source of evidence.
struct EvidenceDirection {
  std::string_view name;      // "transmit"
  std::string_view software;  // tls_stat: "TlsTxSw"
  std::string_view device;
  std::string_view by_driver;  // what the driver does with packets: "encrypted"
  TlsDirection direction;
  bool EndEvidence::*said;         // OpenSSL's report
  std::uint16_t SocketUlp::*conf;  // socket diagnostics
};
inline constexpr EvidenceDirection kTransmit{"transmit",        "TlsTxSw",
                                             "TlsTxDevice",     "encrypted",
                                             TlsDirection::Tx,  &EndEvidence::ktls_send,
                                             &SocketUlp::txconf};
inline constexpr EvidenceDirection kReceive{"receive",         "TlsRxSw",
                                            "TlsRxDevice",     "decrypted",
                                            TlsDirection::Rx,  &EndEvidence::ktls_recv,
                                            &SocketUlp::rxconf};

// Socket diagnostics report "hw". False without an answer.
bool is_hardware(const EndEvidence& end, const EvidenceDirection& direction);

// How socket diagnostics contradict OpenSSL; empty: they agree, or there is no answer.
std::string doubt_from_diagnostics(const EndEvidence& end, const EvidenceDirection& direction);
// The same for the negotiated version and cipher.
std::string doubt_about_keys(const EndEvidence& end, TlsVersion version, TlsCipher cipher);

// The path; Unknown if there is a doubt.
PathFinding settled(TlsPath path, std::string doubt);

// How much of each counter the given ends explain, by OpenSSL and socket diagnostics: one for each
// end and direction in the kernel or NIC.
TlsStatDelta explained_counters(std::span<const EndEvidence> ends);
// The increases of the connection counters that the ends do not explain.
TlsStatDelta moved_by_others(const std::optional<TlsStatDelta>& counters,
                             std::span<const EndEvidence> ends);
// "counters are shared …: TlsTxSw moved by 7, of which the probe's own sockets explain 2"; empty:
// by_others is empty.
std::string shared_remark(const TlsStatDelta& by_others, std::span<const EndEvidence> ends);

// "the kernel counted TlsDecryptError +2": the first increased counter with "Error" in its name, so
// Tls…RekeyError and those of later kernels are included. Empty: none.
std::string errors_counted(const std::optional<TlsStatDelta>& counters);

// The first that is not empty; empty: none.
std::string first_doubt(std::span<const std::string> doubts);

}  // namespace tuner
