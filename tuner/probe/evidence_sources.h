// What the witnesses of a connection are asked alike, whether both its ends are here (evidence.h)
// or one (own_evidence.h). Pure.
#pragma once

#include "probe/driver_counters.h"
#include "probe/evidence.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

// Where each of them has its word on a direction.
struct EvidenceSource {
  std::string_view name;      // "transmit"
  std::string_view software;  // tls_stat: "TlsTxSw"
  std::string_view device;
  std::string_view by_driver;  // "encrypted"
  TlsDirection direction;
  bool EndEvidence::*said;         // OpenSSL
  std::uint16_t UlpAnswer::*conf;  // socket diagnostics
};
inline constexpr EvidenceSource kTransmit{"transmit",        "TlsTxSw",
                                          "TlsTxDevice",     "encrypted",
                                          TlsDirection::Tx,  &EndEvidence::ktls_send,
                                          &UlpAnswer::txconf};
inline constexpr EvidenceSource kReceive{"receive",         "TlsRxSw",
                                         "TlsRxDevice",     "decrypted",
                                         TlsDirection::Rx,  &EndEvidence::ktls_recv,
                                         &UlpAnswer::rxconf};

// Socket diagnostics say that the NIC has it. No answer says nothing.
bool is_hardware(const EndEvidence& end, const EvidenceSource& direction);

// Why two witnesses do not agree; empty: they do.
std::string doubt_from_diagnostics(const EndEvidence& end, const EvidenceSource& direction);
std::string doubt_about_keys(const EndEvidence& end, TlsVersion version, TlsCipher cipher);

// The path, unless there is a doubt about it.
PathFinding settled(TlsPath path, std::string doubt);

// How many sessions of the given ends each counter owes to them, by their own sources.
TlsStatDelta explained_by(std::span<const EndEvidence> ends);
// The moves of connection counters beyond that.
TlsStatDelta moved_by_others(const std::optional<TlsStatDelta>& counters,
                             std::span<const EndEvidence> ends);
// "counters are shared …: TlsTxSw +5, the probe's own sockets explain 2"; empty: nothing moved
// beyond what they explain.
std::string shared_remark(const TlsStatDelta& by_others, std::span<const EndEvidence> ends);

// "the kernel counted TlsDecryptError +2": that, Tls…RekeyError and whatever a later kernel adds by
// such a name. Empty: none.
std::string errors_counted(const std::optional<TlsStatDelta>& counters);

// The first that is not empty; empty: none.
std::string first_doubt(std::span<const std::string> doubts);

}  // namespace tuner
