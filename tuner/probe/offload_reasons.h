// Why our own end of a connection across the wire stayed out of the NIC: puts what is known of NIC
// and kernel (model/offload.h) to the cells. Pure.
#pragma once

#include "model/offload.h"
#include "probe/report.h"

#include <string>
#include <vector>

namespace tuner {

// A TLS feature of a NIC that the profile wants on, and that is.
struct WantedOffload {
  std::string nic;  // Nic::key()
  TlsDirection direction = TlsDirection::Tx;
};

struct OffloadFacts {
  const Facts& before;  // the probe, with NICs and their features
  const Facts& after;
  std::vector<WantedOffload> wanted;
};

// Before judge(). Adds the reasons to each cell whose own end was worked on by the kernel where the
// profile expects the NIC, or where the NIC has the feature on. Where this machine cannot have it,
// the cell becomes impossible; where the profile wants the feature, the driver is known to do the
// cipher and nothing but the driver can have refused, the direction has fallen back.
void explain_offload(ProbeReport& report, const Profile& profile, const OffloadFacts& facts);

}  // namespace tuner
