// Reads what a machine is. Never changes it, and never fails as a whole: what cannot be read is
// left empty and says so where Facts has a place for the reason.
#pragma once

#include "host/host.h"
#include "model/facts.h"

namespace tuner {

// Identity and kernel are always collected; the rest as asked.
Facts collect_facts(const Host& host, FactNeed needs);

// The identity alone: four small files.
HostIdentity collect_identity(const Host& host);

// Before anything is written: what a journal is found again by must have been read.
Outcome is_known(const HostIdentity& identity);

}  // namespace tuner
