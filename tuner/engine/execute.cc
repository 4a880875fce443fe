#include "engine/execute.h"

#include "engine/look.h"

#include <fmt/format.h>

namespace tuner {
namespace {

using std::chrono::milliseconds;

// Six passes, with pauses before all but the first two, take at most 0.8 s besides the writes:
// enough for a module whose last user has just gone, and short for a run that fails.
constexpr int kBusyPasses = 6;
constexpr milliseconds kBusyPause{200};
constexpr milliseconds kReadBackPause{20};
// With a longer limit a profile of many settings without effect would delay a boot by minutes.
constexpr milliseconds kReadBackLimit{1000};

// Whether the value read back counts as written. A driver may round, so the goal decides. An
// original only has to be configured: it may have been without effect before too.
bool arrived(const Work& work, const Observation& now) {
  if (now.availability != Observation::Availability::Available) return false;
  const Step& step = *work.step;
  if (!step.restores && now.in_effect && !meets(*now.in_effect, step.desired.setting.goal))
    return false;
  if (now.value == step.target || meets(now.value, step.desired.setting.goal)) return true;
  return work.knob->info.rounds && meets(now.value, {Goal::Op::AtLeast, step.target});
}

std::string not_arrived(const Step& step, const Observation& now) {
  const bool in_vain = now.in_effect && meets(now.value, step.desired.setting.goal);
  return fmt::format("written {}, but {}{}{}", to_text(step.target),
                     in_vain ? "without effect" : fmt::format("it reads {}", to_text(now.value)),
                     now.reason.empty() ? "" : ": ", now.reason);
}

// Some values are visible only a moment after the write. The first look is without a pause, because
// most values are there at once.
Observation read_back(Host& host, const Work& work) {
  Observation now = look_at(host, *work.knob, work.step->desired.subject);
  for (milliseconds waited{0}; !arrived(work, now) && waited < kReadBackLimit;
       waited += kReadBackPause) {
    host.clock().sleep(kReadBackPause);
    now = look_at(host, *work.knob, work.step->desired.subject);
  }
  return now;
}

std::string with_hint(const Error& error) {
  return error.hint.empty() ? error.text : fmt::format("{}; {}", error.text, error.hint);
}

Outcome finish(Host& host, const Work& work, const Outcome& written, const WriteHooks& hooks) {
  Step& step = *work.step;
  const Observation now =
      written ? read_back(host, work) : look_at(host, *work.knob, step.desired.subject);
  if (!written) {
    step.status = Status::Failed;
    step.because = with_hint(written.error());
  } else if (!arrived(work, now)) {
    step.status = Status::Failed;
    step.because = not_arrived(step, now);
  } else {
    step.status = Status::Done;
    step.target = now.value;
    // For a restored setting, the reason why it is restored is more useful than a remark.
    if (!now.reason.empty() && !step.restores) step.because = now.reason;
  }
  return hooks.after_write(step, now);
}

// A group is one message to the kernel, such as all features of a NIC. Its subjects are neighbours,
// because a family lists them NIC by NIC.
std::size_t batch_end(std::span<const Work> work, std::size_t from) {
  std::size_t end = from + 1;
  const Subject& first = work[from].step->desired.subject;
  while (end < work.size() && !first.group.empty() && work[end].knob == work[from].knob &&
         work[end].step->desired.subject.group == first.group) {
    ++end;
  }
  return end;
}

std::vector<Outcome> write_batch(Host& host, std::span<const Work> batch) {
  std::vector<Change> changes;
  for (const Work& work : batch) changes.push_back({work.step->desired.subject, work.step->target});
  return batch.front().knob->write(host, changes);
}

// One pass over the work. Busy writes are added to `again`, except in the last pass. The hooks'
// before_write runs only in the first pass: a retry is the same write.
// The journal has every intended line of a batch before its one write.
Outcome pass(Host& host, std::span<const Work> work, const WriteHooks& hooks, int number,
             std::vector<Work>& again) {
  for (std::size_t from = 0; from < work.size();) {
    const std::size_t end = batch_end(work, from);
    const auto batch = work.subspan(from, end - from);
    for (const Work& each : batch) {
      if (number > 0) break;
      TRY(hooks.before_write(*each.step));
    }
    const auto outcomes = write_batch(host, batch);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const bool busy = !outcomes[i] && outcomes[i].error().fault == Fault::Busy;
      if (busy && number + 1 < kBusyPasses) {
        again.push_back(batch[i]);
      } else if (auto finished = finish(host, batch[i], outcomes[i], hooks); !finished) {
        return finished;
      }
    }
    from = end;
  }
  return {};
}

}  // namespace

Outcome execute(Host& host, std::span<Work> work, const WriteHooks& hooks) {
  std::vector<Work> now(work.begin(), work.end());
  for (int number = 0; number < kBusyPasses && !now.empty(); ++number) {
    // The second pass comes at once: its usual cause is an order within the phase (EPP before
    // governor), which the first pass has solved.
    if (number > 1) host.clock().sleep(kBusyPause);
    std::vector<Work> again;
    TRY(pass(host, now, hooks, number, again));
    now = std::move(again);
  }
  return {};
}

}  // namespace tuner
