// Explains why this host's end of a connection across the wire was not offloaded to the NIC: adds
// to the cells what is known about NIC and kernel (model/offload.h). Pure.
#pragma once

#include "model/offload.h"
#include "probe/report.h"

#include <string>
#include <vector>

namespace tuner {

// A TLS offload feature that the profile wants on. It counts only while the NIC has it active.
struct WantedOffload {
  std::string nic;  // Nic::key()
  TlsDirection direction = TlsDirection::Tx;
};

struct OffloadFacts {
  const Facts& before;  // collected before the probe, with NICs and their features
  const Facts& after;   // collected after it
  std::vector<WantedOffload> wanted;
};

// Call it before judge(). Considers each direction of the own end that was in the kernel although
// the profile expects the device or the NIC has the feature active, and adds the reasons to
// `because`. If `device` is expected and this machine cannot offload, sets `possible` to false.
// Sets fell_back_tx or fell_back_rx if the profile wants the feature, it is active, the driver is
// known to support the cipher, and the version and cipher are offloaded by design.
void explain_offload(ProbeReport& report, const Profile& profile, const OffloadFacts& facts);

// The same of a connection whose records this host's kernel encrypted, without a profile. `end` has
// the interface and the NICs of its route. Empty: no NIC of them has the feature active, so none
// was expected to do it.
std::string why_kernel_sent(TlsVersion version, TlsCipher cipher, const ProbeEnd& end,
                            const OffloadFacts& facts);

}  // namespace tuner
