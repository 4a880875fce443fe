#include "host/access/recorded_nics.h"

#include "base/json_text.h"
#include "base/number.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace tuner {
namespace {

using Json = nlohmann::json;

struct RecordedNic {
  std::optional<NicFeatures> features;
  std::optional<std::string> permanent_address;  // empty: it has none
  std::map<NicShape, NicParameters> shapes;
  std::set<NicShape> without;  // recorded as null: not supported by the driver
  std::optional<KernelQueues> queues;
  bool without_queues = false;  // recorded as null: the kernel has no such list
};
using RecordedNics = std::map<std::string, RecordedNic, std::less<>>;

tl::unexpected<Error> malformed_nics(std::string_view what) {
  return fail(Fault::Invalid, fmt::format("nics.json: {}", what));
}

// The member `key`, or an empty object if it is missing. nullptr: it is not an object.
const Json* object_in(const Json& object, const char* key) {
  static const Json kEmpty = Json::object();
  const auto found = object.find(key);
  if (found == object.end()) return &kEmpty;
  return found->is_object() ? &*found : nullptr;
}

bool flag(const Json& feature, const char* key) {
  const auto found = feature.find(key);
  return found != feature.end() && found->is_boolean() && found->get<bool>();
}

Result<NicFeatures> read_features(const std::string& nic, const Json& object) {
  NicFeatures features;
  for (const auto& [name, feature] : object.items()) {
    if (!feature.is_object())
      return malformed_nics(fmt::format("{}: {} is not an object", nic, name));
    const bool supported = flag(feature, "supported");
    features[name] = {.supported = supported,
                      .requested = flag(feature, "requested"),
                      .active = flag(feature, "active"),
                      // What the driver does not support cannot be switched.
                      .fixed = flag(feature, "fixed") || !supported};
  }
  return features;
}

// Parameters are 32 bits wide in all ethtool netlink messages.
Result<std::int64_t> parameter_number(const Json& json) {
  return whole_number<std::int64_t>(json, 0, std::numeric_limits<std::uint32_t>::max());
}

Result<NicParameters> read_parameters(const std::string& nic, const Json& object) {
  NicParameters parameters;
  for (const auto& [name, parameter] : object.items()) {
    const Json* const value = object_in(object, name.c_str());
    if (value == nullptr || !value->contains("value"))
      return malformed_nics(fmt::format("{}: {} has no value", nic, name));
    NicParameter& into = parameters[name];
    const auto read = parameter_number((*value)["value"]);
    if (!read) return malformed_nics(fmt::format("{}: {}: {}", nic, name, read.error().text));
    into.value = *read;
    // facts write null for a parameter without a maximum, and recordings take it from there.
    if (!value->contains("maximum") || (*value)["maximum"].is_null()) continue;
    const auto maximum = parameter_number((*value)["maximum"]);
    if (!maximum)
      return malformed_nics(fmt::format("{}: {}: maximum: {}", nic, name, maximum.error().text));
    into.maximum = *maximum;
  }
  return parameters;
}

// nullopt for null and for a missing key.
template <typename T>
Result<std::optional<T>> optional_number(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::optional<T>();
  const auto number = whole_number<T>(*found, T{0});
  if (!number) return malformed_nics(fmt::format("{}: {}", key, number.error().text));
  return std::optional(*number);
}

// The value of a word; the first one for a missing key.
template <typename E>
Result<E> word_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return E{};
  if (found->is_string()) {
    for (const Word<E>& one : kWords<E>) {
      if (one.word == found->template get_ref<const std::string&>()) return one.value;
    }
  }
  return malformed_nics(fmt::format("unknown {}", key));
}

Result<KernelQueue> read_queue(const Json& object) {
  KernelQueue queue;
  queue.direction = TRY(word_in<QueueDirection>(object, "direction"));
  queue.consumer = TRY(word_in<QueueConsumer>(object, "consumer"));
  const auto number = TRY(optional_number<int>(object, "number"));
  if (!number) return malformed_nics("a queue without number");
  queue.number = *number;
  queue.napi = TRY(optional_number<std::uint32_t>(object, "napi"));
  return queue;
}

Result<NapiInstance> read_napi(const Json& object) {
  NapiInstance napi;
  const auto id = TRY(optional_number<std::uint32_t>(object, "id"));
  if (!id) return malformed_nics("a NAPI instance without id");
  napi.id = *id;
  napi.irq = TRY(optional_number<int>(object, "irq"));
  napi.thread = TRY(optional_number<int>(object, "thread"));
  const auto threads = object.find("threads");
  if (threads != object.end() && !threads->is_null())
    napi.threads = TRY(word_in<NapiThreads>(object, "threads"));
  return napi;
}

// Each object of the list `key`, by `read`.
template <typename T>
Outcome read_list(const Json& object, const char* key, Result<T> (*read)(const Json&),
                  std::vector<T>& into) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array())
    return malformed_nics(fmt::format("{} is not a list", key));
  for (const Json& one : *found) {
    if (!one.is_object()) return malformed_nics(fmt::format("{} has no objects", key));
    into.push_back(TRY(read(one)));
  }
  return {};
}

Outcome read_kernel_queues(const Json& object, RecordedNic& nic) {
  const auto found = object.find("kernel_queues");
  if (found == object.end()) return {};
  nic.without_queues = found->is_null();
  if (nic.without_queues) return {};
  if (!found->is_object()) return malformed_nics("kernel_queues is not an object");
  KernelQueues queues;
  TRY(read_list(*found, "queues", read_queue, queues.queues));
  TRY(read_list(*found, "napis", read_napi, queues.napis));
  nic.queues = std::move(queues);
  return {};
}

Result<RecordedNic> read_nic(const std::string& name, const Json& object) {
  RecordedNic nic;
  const Json* features = object_in(object, "features");
  if (features == nullptr)
    return malformed_nics(fmt::format("{}: features is not an object", name));
  if (object.contains("features")) {
    auto read = TRY(read_features(name, *features));
    nic.features = std::move(read);
  }
  for (const NicShape which : {NicShape::Channels, NicShape::Rings, NicShape::Coalesce}) {
    const std::string key(nic_shape_name(which));
    if (!object.contains(key)) continue;
    if (object[key].is_null()) {
      nic.without.insert(which);
      continue;
    }
    const Json* const parameters = object_in(object, key.c_str());
    if (parameters == nullptr)
      return malformed_nics(fmt::format("{}: {} is not an object", name, key));
    auto read = TRY(read_parameters(name, *parameters));
    nic.shapes[which] = std::move(read);
  }
  TRY(read_kernel_queues(object, nic));
  const auto address = object.find("permanent_address");
  if (address != object.end() && address->is_string())
    nic.permanent_address = address->get<std::string>();
  return nic;
}

class RecordedNicPort : public NicPort {
 public:
  explicit RecordedNicPort(RecordedNics nics) : nics_(std::move(nics)) {}

  Result<NicFeatures> features(std::string_view nic) const override {
    const auto found = nics_.find(nic);
    if (found == nics_.end() || !found->second.features)
      return fail(Fault::NotRecorded, fmt::format("the features of {} were not recorded", nic),
                  "scripts/capture-host records them where ktls-tuner is installed");
    return *found->second.features;
  }

  Result<std::string> permanent_address(std::string_view nic) const override {
    const auto found = nics_.find(nic);
    if (found == nics_.end() || !found->second.permanent_address)
      return fail(Fault::NotRecorded,
                  fmt::format("the permanent address of {} was not recorded", nic));
    if (found->second.permanent_address->empty())
      return fail(Fault::NotFound, fmt::format("{} has no permanent address", nic));
    return *found->second.permanent_address;
  }

  Result<NicParameters> shape(NicShape which, std::string_view nic) const override {
    const auto found = nics_.find(nic);
    if (found != nics_.end() && found->second.without.contains(which))
      return fail(Fault::Unsupported,
                  fmt::format("the driver of {} has no {}", nic, nic_shape_name(which)));
    if (found == nics_.end() || !found->second.shapes.contains(which))
      return fail(Fault::NotRecorded,
                  fmt::format("the {} of {} were not recorded", nic_shape_name(which), nic),
                  "record the machine again with scripts/capture-host");
    return found->second.shapes.at(which);
  }

  Result<KernelQueues> kernel_queues(std::string_view nic) const override {
    const auto found = nics_.find(nic);
    if (found != nics_.end() && found->second.queues) return *found->second.queues;
    if (found != nics_.end() && found->second.without_queues)
      return fail(Fault::Unsupported, "its kernel has no list of queues");
    return fail(Fault::NotRecorded, fmt::format("the kernel's queues of {} were not recorded", nic),
                "record the machine again with scripts/capture-host");
  }

  Outcome set_shape(NicShape which, std::string_view nic,
                    std::span<const ParameterChange> /*changes*/) override {
    return fail(Fault::Refused,
                fmt::format("set the {} of {}: a recorded machine is read-only",
                            nic_shape_name(which), nic),
                "omit --root to change this machine");
  }

  // There is no connection to a recorded machine.
  Result<std::set<std::string>> interfaces_to_peer(std::string_view /*local*/,
                                                   std::string_view /*peer*/) const override {
    return {};
  }

  Result<std::string> network_namespace() const override {
    return fail(Fault::NotRecorded, "the network namespace is not recorded");
  }

  Outcome set_features(std::string_view nic, std::span<const FeatureChange> /*changes*/) override {
    return fail(Fault::Refused,
                fmt::format("set features of {}: a recorded machine is read-only", nic),
                "omit --root to change this machine");
  }

 private:
  RecordedNics nics_;
};

}  // namespace

Result<std::unique_ptr<NicPort>> recorded_nic_port(std::string_view nics_json) {
  // A recording is another machine's file: a syntax error is a discarded value, not an exception.
  const Json document = json_or_discarded(nics_json);
  if (!document.is_object()) return malformed_nics("not a JSON object");
  RecordedNics nics;
  for (const auto& [name, object] : document.items()) {
    if (!object.is_object()) return malformed_nics(fmt::format("{} is not an object", name));
    auto nic = TRY(read_nic(name, object));
    nics.emplace(name, std::move(nic));
  }
  return std::make_unique<RecordedNicPort>(std::move(nics));
}

}  // namespace tuner
