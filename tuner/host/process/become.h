// Places this process near a NIC and becomes another program. What is set here survives execve(2),
// and so reaches the program and all that it starts.
#pragma once

#include "base/cpu_set.h"
#include "base/result.h"

#include <string>
#include <vector>

namespace tuner {

// The CPUs on which this process may run now.
Result<CpuSet> current_cpus();

// The CPUs on which this process may run, and what it starts (sched_setaffinity(2)). The result are
// those that it has then: a cpuset of its control group may allow fewer. Unsupported: it allows
// none of them.
Result<CpuSet> run_on(const CpuSet& cpus);

// Memory comes from this node while it has some, then from the others (set_mempolicy(2),
// MPOL_PREFERRED). Not MPOL_BIND: then a full node means the OOM killer, although others have free
// memory. Unsupported: the node has no memory, or this kernel no NUMA.
Outcome prefer_memory_of(int node);

// The file that execvp(3) would start for a command: `name` itself if it has a slash, else the
// first executable file of that name in the folders of PATH. NotFound: none; NotPermitted: it may
// not be executed.
Result<std::string> find_command(const std::string& name);

// execve(2) with these arguments and this process's environment, in which `variables`
// ("NAME=value") replace those of the same name. Returns only if it fails.
Error become(const std::string& path, const std::vector<std::string>& arguments,
             const std::vector<std::string>& variables);

}  // namespace tuner
