#include "host/service_port.h"

#include "base/text.h"
#include "host/run_program.h"

#include <fmt/format.h>

#include <unistd.h>

namespace tuner {
namespace {

// A unit that stops slowly is given systemd's own 90 s only by who waits that long; a setting is
// not.
constexpr std::chrono::seconds kLimit{60};

// sd_booted(3): the folder is there exactly when systemd is the service manager.
bool systemd_runs() {
  return ::access("/run/systemd/system", F_OK) == 0;
}

Outcome systemctl(std::vector<std::string> words) {
  const std::string command = "systemctl " + join(words, " ");
  if (!systemd_runs())
    return fail(Fault::Unsupported, fmt::format("{}: systemd does not run here", command));
  words.insert(words.begin(), {"systemctl", "--no-ask-password"});
  const auto ended = run_program(std::move(words), kLimit);
  if (!ended) {
    Error error = ended.error();
    error.text = fmt::format("{}: {}", command, error.text);
    return fail(std::move(error));
  }
  if (ended->status == 0) return {};
  return fail(Fault::Io,
              fmt::format("{} ended with {}: {}", command, ended->status, trim(ended->output)));
}

class SystemdPort : public ServicePort {
 public:
  Outcome reload() override { return systemctl({"daemon-reload"}); }
  Outcome restart(std::string_view unit) override {
    if (auto reloaded = reload(); !reloaded) return reloaded;
    return systemctl({"restart", std::string(unit)});
  }
};

}  // namespace

std::unique_ptr<ServicePort> systemd_port() {
  return std::make_unique<SystemdPort>();
}

}  // namespace tuner
