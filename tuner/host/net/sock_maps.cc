#include "host/net/sock_maps.h"

#include "base/handle.h"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace tuner {
namespace {

constexpr int kMostMaps = 100'000;  // the kernel's ids grow; a host has some hundred maps

int bpf(int command, bpf_attr& attributes) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

// BPF_MAP_TYPE_UNSPEC: it has gone meanwhile.
Result<std::uint32_t> type_of(std::uint32_t id) {
  bpf_attr by_id{};
  by_id.map_id = id;
  const UniqueFd map(bpf(BPF_MAP_GET_FD_BY_ID, by_id));
  int error = errno;
  if (!map && error == ENOENT) return static_cast<std::uint32_t>(BPF_MAP_TYPE_UNSPEC);
  if (!map) return fail(errno_error(error, "open a BPF map"));
  bpf_map_info info{};
  bpf_attr about{};
  about.info.bpf_fd = static_cast<std::uint32_t>(map.get());
  about.info.info_len = sizeof info;
  about.info.info = reinterpret_cast<std::uintptr_t>(&info);
  const int answer = bpf(BPF_OBJ_GET_INFO_BY_FD, about);
  error = errno;
  if (answer != 0) return fail(errno_error(error, "read about a BPF map"));
  return info.type;
}

}  // namespace

Result<int> count_sock_maps() {
  int count = 0;
  bpf_attr next{};
  for (int maps = 0; maps < kMostMaps; ++maps) {
    const int answer = bpf(BPF_MAP_GET_NEXT_ID, next);
    const int error = errno;
    // ENOENT: there is no further one. ENOSYS: a kernel without bpf(2) has none.
    if (answer != 0 && (error == ENOENT || error == ENOSYS)) return count;
    if (answer != 0) return fail(errno_error(error, "list the BPF maps"));
    const std::uint32_t type = TRY(type_of(next.next_id));
    if (type == BPF_MAP_TYPE_SOCKMAP || type == BPF_MAP_TYPE_SOCKHASH) ++count;
    const std::uint32_t last = next.next_id;
    next = {};
    next.start_id = last;
  }
  return fail(Fault::TooLarge, "list the BPF maps: there are more than 100,000",
              "bpftool map list shows whose they are");
}

}  // namespace tuner
