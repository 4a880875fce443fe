// Known defects of the kernel's TLS and of OpenSSL, one row each. Pure.
//
// A row says in which upstream release each branch got the fix. Numbers of other branches are not
// known, and neither is what a vendor put under its own number: unknown, which never counts as
// fixed.
#pragma once

#include "base/words.h"
#include "model/release.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

struct Defect {
  enum class Of { Kernel, OpenSsl };
  // What must be in use for the defect to matter.
  enum class Needs {
    Ktls,            // any kernel TLS
    Send,            // transmit in the kernel or the NIC
    Receive,         // receive in the kernel or the NIC
    SpliceFrom,      // splice(2) from such a socket, as proxies do
    Sendfile,        // sendfile(2) or splice(2) into such a socket
    DeviceSend,      // transmit in the NIC
    DeviceReceive,   // receive in the NIC
    NoPad,           // TLS_RX_EXPECT_NO_PAD, which OpenSSL never sets
    Sockmap,         // BPF sockmaps, as in service meshes
    AsyncCrypto,     // an asynchronous driver for AES (/proc/crypto)
    KernelConsumer,  // NFS or NVMe over TLS
    MovingBuffer,    // a program with SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
  };

  std::string_view id;  // the CVE, or a name of ours where there is none
  Of of = Of::Kernel;
  std::string_view title;  // of the commit that fixed it, some shortened
  ReleaseNumber since;     // the first affected release; zero: each that has kernel TLS
  std::span<const ReleaseNumber> fixed;       // the first release with the fix, one for each branch
  std::optional<ReleaseNumber> new_branches;  // each branch from this one on has the fix
  Needs needs = Needs::Ktls;
  std::string_view driver;  // of the NIC; empty: any
  std::string_view symptom;
  std::string_view instead;  // what to do, a clause; empty: only to upgrade
};

template <>
inline constexpr auto kWords<Defect::Of> = std::to_array<Word<Defect::Of>>(
    {{Defect::Of::Kernel, "kernel"}, {Defect::Of::OpenSsl, "openssl"}});

template <>
inline constexpr auto kWords<Defect::Needs> =
    std::to_array<Word<Defect::Needs>>({{Defect::Needs::Ktls, "ktls"},
                                        {Defect::Needs::Send, "send"},
                                        {Defect::Needs::Receive, "receive"},
                                        {Defect::Needs::SpliceFrom, "splice_from"},
                                        {Defect::Needs::Sendfile, "sendfile"},
                                        {Defect::Needs::DeviceSend, "device_send"},
                                        {Defect::Needs::DeviceReceive, "device_receive"},
                                        {Defect::Needs::NoPad, "no_pad"},
                                        {Defect::Needs::Sockmap, "sockmap"},
                                        {Defect::Needs::AsyncCrypto, "async_crypto"},
                                        {Defect::Needs::KernelConsumer, "kernel_consumer"},
                                        {Defect::Needs::MovingBuffer, "moving_buffer"}});

// Sorted by id; an id stands once.
std::span<const Defect> known_defects();
// The row with this id. It must exist.
const Defect& known_defect(std::string_view id);

// "3.5.7, 3.6.3, 4.0.1": the first fixed release of each branch.
std::string fixed_in(const Defect& defect);

enum class DefectState { Affected, Fixed, Unknown };
template <>
inline constexpr auto kWords<DefectState> =
    std::to_array<Word<DefectState>>({{DefectState::Affected, "affected"},
                                      {DefectState::Fixed, "fixed"},
                                      {DefectState::Unknown, "unknown"}});

// Fixed also means: never affected. Unknown: `release` is not known (upstream_kernel() in
// model/release.h), or no number is known for its branch.
DefectState state_of(const Defect& defect, const std::optional<ReleaseNumber>& release);

}  // namespace tuner
