#include "document/kinds.h"

#include "document/bodies.h"
#include "document/keys.h"

namespace tuner::document {
namespace {

template <typename T>
BodyType body_type() {
  return {.fields = &kFieldType<T>,
          .get = [](const Body& body) -> const void* { return body.get_if<T>(); },
          .emplace = [](Body& body) -> void* { return &body.emplace<T>(); }};
}

template <typename... Bodies>
Kind kind(std::string_view name) {
  return {.name = name, .bodies = {body_type<Bodies>()...}};
}

}  // namespace

std::span<const Kind> kinds() {
  static const std::vector<Kind> kAll{
      kind<Facts, Bundle>("facts"),
      kind<ProfileList, ProfileShow, ProfileCheck, ProfileRecommend, ProfileImport, ProfileNew,
           ProfileDiff>("profile"),
      kind<Knobs>("knobs"),
      kind<Plan>("plan"),
      kind<Apply>("apply"),
      kind<Confirm>("confirm"),
      kind<Check>("check"),
      kind<Tune>("tune"),
      kind<Rollback>("rollback"),
      kind<Status>("status"),
      kind<Probe, Token, ServerProbe>("probe"),
      kind<Bench, ComparedBenches>("bench"),
      kind<Sockets>("sockets"),
      kind<Watch>("watch"),
      kind<OpensslConf>("openssl-conf"),
      kind<CommandStart>("run"),
      kind<Diagnose>("diagnose"),
      kind<Report>("report"),
      kind<Completion>("completion"),
      kind<Runs>("runs"),
      kind<Nothing>("unit-paths"),
      // No verb: a file of a bundle.
      kind<RecordedPrograms>(kRecordedPrograms),
      // Internal, and no verb at all: these only fail.
      kind<>("guard"),
      kind<>("error"),
  };
  return kAll;
}

const FieldType& envelope_fields() {
  return kFieldType<Envelope>;
}

}  // namespace tuner::document
