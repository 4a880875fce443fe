// A document: the envelope that all have, and the body, the keys of one kind. A file that sets or
// reads a body includes the header of that kind alone; bodies.h has them all.
#pragma once

#include "base/rfc3339.h"
#include "document/common.h"

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tuner::document {

inline constexpr std::string_view kFormatVersion = "1.0";
inline constexpr std::string_view kToolName = "ktls-tuner";

struct Tool {
  std::string name{kToolName};
  std::string version;
};

inline constexpr std::array kToolNames{kToolName};

void describe(auto& keys, Exactly<Tool> auto& tool) {
  keys.object("tool", "");
  keys.key({"name", {}, {.words = kToolNames}}, tool.name);
  keys.key({"version", {}, {.pattern = "^[0-9]+\\.[0-9]+\\.[0-9]+"}}, tool.version);
}

struct HostId {
  std::string hostname;
  std::string kernel;
  std::string boot_id;
  bool emulated = false;
};

void describe(auto& keys, Exactly<HostId> auto& host) {
  keys.object("host", "");
  keys.key({"hostname"}, host.hostname);
  keys.key({"kernel"}, host.kernel);
  keys.key({"boot_id"}, host.boot_id);
  keys.key({"emulated", "The CPU is emulated in software: measured times have no meaning"},
           host.emulated);
}

struct Envelope {
  std::string kind;
  Tool tool;
  HostId host;
  UtcTime started_at;
  std::int64_t duration_ms = 0;
  std::uint8_t exit_code = 0;
  std::vector<Error> errors;
};

// The schema adds the words of `kind` and the numbers of `exit_code`.
void describe(auto& keys, Exactly<Envelope> auto& envelope) {
  keys.object("envelope", "");
  keys.key(
      {"kind",
       "The verb. error: the command line has no valid verb. recorded-programs: no verb, but a "
       "file of a bundle",
       kNotEmpty},
      envelope.kind);
  keys.key({"tool"}, envelope.tool);
  keys.key({"host"}, envelope.host);
  keys.key({"started_at"}, envelope.started_at);
  keys.key({"duration_ms"}, envelope.duration_ms);
  keys.key({"exit_code", "The exit status of the process"}, envelope.exit_code);
  keys.key({"errors"}, envelope.errors);
}

struct Facts;
struct Bundle;
struct ProfileList;
struct ProfileShow;
struct ProfileCheck;
struct ProfileRecommend;
struct ProfileImport;
struct ProfileNew;
struct ProfileDiff;
struct Knobs;
struct Plan;
struct Apply;
struct Confirm;
struct Check;
struct Tune;
struct Rollback;
struct Status;
struct Probe;
struct Token;
struct ServerProbe;
struct Bench;
struct ComparedBenches;
struct Sockets;
struct Watch;
struct OpensslConf;
struct CommandStart;
struct Diagnose;
struct RecordedPrograms;
struct Report;
struct Completion;
struct Runs;
struct Nothing;

template <typename... Kinds>
struct BodyList {
  template <typename T>
  static constexpr bool kHas = (std::same_as<T, Kinds> || ...);

  // Calls visit(keys) if `body` has one of these.
  static void visit(const auto& body, const auto& visit) { (visit_one<Kinds>(body, visit), ...); }

 private:
  template <typename T>
  static void visit_one(const auto& body, const auto& visit) {
    if (const T* const keys = body.template get_if<T>()) visit(*keys);
  }
};

using Bodies =
    BodyList<Facts, Bundle, ProfileList, ProfileShow, ProfileCheck, ProfileRecommend, ProfileImport,
             ProfileNew, ProfileDiff, Knobs, Plan, Apply, Confirm, Check, Tune, Rollback, Status,
             Probe, Token, ServerProbe, Bench, ComparedBenches, Sockets, Watch, OpensslConf,
             CommandStart, Diagnose, RecordedPrograms, Report, Completion, Runs, Nothing>;

template <typename T>
concept OneOfBodies = Bodies::kHas<T>;

// The keys of a kind, or none: the run ended early, and the envelope has errors. It can be moved,
// not copied. Not a variant, of which each file compiles moves and destructors of all kinds.
class Body {
 public:
  Body() = default;
  template <OneOfBodies T>
  Body(T keys)  // NOLINT(*explicit*): a Body is one of them
      : keys_(new T(std::move(keys)), destroy<T>), type_(&kTypeOf<T>) {}

  bool empty() const { return keys_ == nullptr; }
  // nullptr: it has other keys, or none.
  template <OneOfBodies T>
  const T* get_if() const {
    return type_ == &kTypeOf<T> ? static_cast<const T*>(keys_.get()) : nullptr;
  }
  template <OneOfBodies T>
  T* get_if() {
    return type_ == &kTypeOf<T> ? static_cast<T*>(keys_.get()) : nullptr;
  }
  template <OneOfBodies T>
  T& emplace() {
    *this = Body(T());
    return *get_if<T>();
  }
  // Calls visit(keys), unless it is empty.
  void visit(const auto& visit) const { Bodies::visit(*this, visit); }

 private:
  using Destroy = void (*)(void*);
  template <typename T>
  static void destroy(void* keys) {
    delete static_cast<T*>(keys);
  }
  template <typename T>
  static constexpr char kTypeOf = 0;  // its address is the type

  std::unique_ptr<void, Destroy> keys_{nullptr, nullptr};
  const char* type_ = nullptr;
};

struct Document {
  Envelope envelope;
  Body body;
};

}  // namespace tuner::document
