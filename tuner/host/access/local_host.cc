#include "host/access/local_host.h"

#include "host/access/module_port.h"
#include "host/clock.h"
#include "host/files/file_tree.h"
#include "host/net/ethtool_port.h"
#include "host/process/service_port.h"

namespace tuner {

Host local_host() {
  return {local_file_tree(), ethtool_port(), kmod_port(), systemd_port(), system_clock()};
}

}  // namespace tuner
