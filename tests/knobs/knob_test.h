// Short forms of the calls of a family, for the tests of this folder.
#pragma once

#include "knobs/catalog.h"
#include "support/fake_host.h"
#include "support/two_node_facts.h"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

namespace tuner::testing {

using Availability = Observation::Availability;

inline Setting exactly(Value value, int line = 1) {
  return {.goal = {.op = Goal::Op::Exactly, .value = std::move(value)},
          .origin = {.file = "p.yaml", .line = line, .column = 3}};
}

inline Value word(std::string_view text) {
  return std::string(text);
}

struct Expanded {
  std::vector<DesiredSetting> desired_settings;
  std::vector<std::string> notes;

  // One line per setting: "eth0/rxtx-0 = 2", with "(unsupported)" if the facts rule it out.
  std::string text() const {
    std::string all;
    for (const DesiredSetting& desired : desired_settings) {
      all += desired.subject.name + " = " + to_text(desired.setting.goal);
      all += desired.unsupported.empty() ? "\n" : " (unsupported)\n";
    }
    return all;
  }
};

inline Expanded expand(std::string_view knob, const Profile& profile, const Facts& facts) {
  Expanded expanded;
  expanded.desired_settings = find_knob(knob)->expand(profile, facts, expanded.notes);
  return expanded;
}

// The settings without a subject: "name: why", one line each.
inline std::string without_subject(const std::vector<DesiredSetting>& desired_settings) {
  std::string text;
  for (const DesiredSetting& desired : desired_settings) {
    if (!desired.no_subject.empty())
      text += desired.subject.name + ": " + desired.no_subject + "\n";
  }
  return text;
}

inline Observation observe(const Subject& subject, const Host& host) {
  return find_knob(subject.knob)->observe(host, subject);
}

inline Observation takes(const Subject& subject, const Value& value, const Host& host) {
  return find_knob(subject.knob)->takes(host, {subject, value});
}

inline Outcome write(const Subject& subject, const Value& value, Host& host) {
  const std::vector<Change> changes{{subject, value}};
  return find_knob(subject.knob)->write(host, changes).front();
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The error of a write, and the expected Error made of it.
struct Refusal {
  int answer;
  Fault fault;
  const char* text;
  const char* hint;
};

// Writes CPU 3 once per refusal, with files below `prefix` failing with its errno.
inline void expect_refusals(const Subject& subject, const std::string& prefix,
                            std::span<const Refusal> refusals) {
  for (const Refusal& one : refusals) {
    const FakeMachine machine = two_node_machine();
    machine->rules[prefix + "*"] = [&](const std::string&, std::string_view) {
      return Result<std::string>(fail(answer(one.answer, "write a file")));
    };
    Host host = machine.host();
    const auto written = write(subject, CpuSet::of({3}), host);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().fault, one.fault) << written.error().text;
    EXPECT_TRUE(contains(written.error().text, one.text)) << written.error().text;
    EXPECT_TRUE(contains(written.error().hint, one.hint)) << written.error().hint;
  }
}

}  // namespace tuner::testing
