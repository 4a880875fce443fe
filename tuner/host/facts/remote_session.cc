#include "host/facts/remote_session.h"

#include "base/number.h"
#include "base/text.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// PIDs are read one after the other while processes end, so a reused PID could close a loop.
constexpr int kDeepest = 64;  // limit for the number of ancestors

// A variable of /proc/PID/environ: "PATH=/usr/bin\0SSH_CONNECTION=…\0"
std::string_view variable(std::string_view environment, std::string_view name) {
  for (const std::string_view entry : split(environment, '\0')) {
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
      return entry.substr(name.size() + 1);
  }
  return {};
}

// A line of /proc/PID/status: "PPid:	812"
int status_number(std::string_view status, std::string_view name) {
  for (const std::string_view line : lines(status)) {
    if (line.starts_with(name))
      return whole_number<int>(trim(line.substr(name.size())), 0).value_or(0);
  }
  return 0;
}

}  // namespace

std::optional<RemoteSession> parse_ssh_connection(std::string_view value) {
  // The client's address and port, then the server's (ssh(1)).
  const auto fields = split_whitespace(value);
  if (fields.size() != 4 || !whole_number<std::uint16_t>(fields[1]) ||
      !whole_number<std::uint16_t>(fields[3]))
    return std::nullopt;
  return RemoteSession{
      .local = std::string(fields[2]), .peer = std::string(fields[0]), .evidence = {}};
}

std::optional<RemoteSession> remote_session(const FileTree& files) {
  std::string process = "self";
  for (int depth = 0; depth < kDeepest; ++depth) {
    const std::string folder = "/proc/" + process;
    const std::string status = files.read(folder + "/status").value_or("");
    // Another user's environment cannot be read without CAP_SYS_PTRACE. The search goes on with the
    // parent.
    const std::string environment = files.read(folder + "/environ").value_or("");
    if (auto session = parse_ssh_connection(variable(environment, "SSH_CONNECTION"))) {
      session->evidence = fmt::format("SSH_CONNECTION of process {}: {} to {}",
                                      status_number(status, "Pid:"), session->peer, session->local);
      return session;
    }
    const int parent = status_number(status, "PPid:");
    if (parent <= 1) return std::nullopt;
    process = fmt::format("{}", parent);
  }
  return std::nullopt;
}

}  // namespace tuner
