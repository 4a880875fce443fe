#include "host/process/service_port.h"

#include "base/number.h"
#include "base/text.h"
#include "host/process/run_program.h"

#include <fmt/format.h>

#include <unistd.h>

namespace tuner {
namespace {

// Limit for one systemctl command. Less than systemd's default stop timeout of 90 s: a run does not
// wait that long for one setting.
constexpr std::chrono::seconds kLimit{60};

// As sd_booted(3): the folder exists if and only if systemd is the service manager.
bool systemd_runs() {
  return ::access("/run/systemd/system", F_OK) == 0;
}

Result<std::string> systemctl(std::vector<std::string> words) {
  const std::string command = "systemctl " + join(words, " ");
  if (!systemd_runs())
    return fail(Fault::Unsupported, fmt::format("{}: systemd does not run here", command));
  // Without the option polkit may ask on the terminal, and the command would wait for an answer.
  words.insert(words.begin(), {"systemctl", "--no-ask-password"});
  const auto ended = run_program(std::move(words), kLimit);
  if (!ended) {
    Error error = ended.error();
    error.text = fmt::format("{}: {}", command, error.text);
    return fail(std::move(error));
  }
  if (ended->status == 0) return ended->output;
  return fail(Fault::Io,
              fmt::format("{} ended with {}: {}", command, ended->status, trim(ended->output)));
}

Outcome done(const Result<std::string>& said) {
  if (said) return {};
  return fail(said.error());
}

class SystemdPort : public ServicePort {
 public:
  Result<UnitState> state(std::string_view unit) const override {
    const auto shown = systemctl({"show", "--property", "ActiveState,Result,ExecMainStatus,MainPID",
                                  "--", std::string(unit)});
    if (!shown) return fail(shown.error());
    return unit_state_from(*shown);
  }
  Outcome reload() override { return done(systemctl({"daemon-reload"})); }
  Outcome restart(std::string_view unit) override {
    // systemd restarts a unit with the unit files that it has loaded.
    TRY(reload());
    return done(systemctl({"restart", std::string(unit)}));
  }
};

}  // namespace

UnitState unit_state_from(std::string_view shown) {
  // `systemctl show` of a unit that does not exist ends with 0 and these values.
  UnitState state{.active = "inactive", .result = "success"};
  for (const std::string_view line : lines(shown)) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    if (name == "ActiveState") state.active = value;
    if (name == "Result") state.result = value;
    if (name == "MainPID") state.main_pid = whole_number<int>(value).value_or(0);
    if (name == "ExecMainStatus") state.exit_status = whole_number<int>(value).value_or(0);
  }
  return state;
}

std::unique_ptr<ServicePort> systemd_port() {
  return std::make_unique<SystemdPort>();
}

}  // namespace tuner
