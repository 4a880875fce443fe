#include "host/local_host.h"

#include "host/clock.h"
#include "host/ethtool_port.h"
#include "host/file_tree.h"
#include "host/module_port.h"
#include "host/service_port.h"

namespace tuner {

Host local_host() {
  return {local_file_tree(), ethtool_port(), kmod_port(), systemd_port(), system_clock()};
}

}  // namespace tuner
