#include "cli/steps/diagnosis.h"

#include "host/facts/collect.h"
#include "host/programs/collect.h"

namespace tuner {

DiagnosisInput look_at_host(const Context& context) {
  const Host& host = context.host;
  DiagnosisInput input;
  input.recorded = !context.options.root.empty();
  input.facts = collect_facts(host, FactNeed::All);
  input.kernel = rekey_facts(host.files());
  input.defects = kernel_defects(input.kernel.upstream, input.facts);
  return input;
}

}  // namespace tuner
