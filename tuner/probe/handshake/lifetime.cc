#include "probe/handshake/lifetime.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace tuner {
namespace {

// Seconds to write the report after the deadline of the cells.
constexpr unsigned kGrace = 2;

// Kills this process when its parent ends. Sockets, memory files and network namespace end with it.
void end_with_parent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(70);  // the parent ended before prctl()
}

}  // namespace

void prepare_process(std::chrono::seconds limit, pid_t parent) {
  ::signal(SIGPIPE, SIG_IGN);  // write errors are return values
  end_with_parent(parent);
  ::alarm(static_cast<unsigned>(limit.count()) + kGrace);  // a call may block forever
}

Outcome give_up_privileges(const HelperNeeds& needs, pid_t parent) {
  TRY(give_up_rights());
  end_with_parent(parent);  // a change of the user ID clears PR_SET_PDEATHSIG
  return limit_resources(needs);
}

}  // namespace tuner
