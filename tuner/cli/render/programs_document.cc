#include "cli/render/programs.h"

namespace tuner {
namespace {

using document::or_null;
using document::word;

std::optional<document::FilePlace> place_of(const ConfigPlace& place) {
  if (place.file.empty()) return std::nullopt;
  return document::FilePlace{.file = place.file, .line = place.line};
}

document::ProgramLibrary library_of(const ProgramLibrary& library) {
  return {.kind = word(library.kind),
          .path = library.path,
          .version = or_null(library.version),
          .origin = word(library_origin(library)),
          .replaced = library.replaced};
}

std::optional<document::ProgramConfig> config_of(const std::optional<ServerConfig>& config) {
  if (!config) return std::nullopt;
  return document::ProgramConfig{.tls = config->tls,
                                 .tls_place = place_of(config->tls_place),
                                 .ktls = config->ktls,
                                 .place = place_of(config->ktls_place),
                                 .tls13 = config->tls13,
                                 .doubts = config->doubts};
}

std::optional<document::ProgramOpenssl> openssl_of(const std::optional<ProgramOpenssl>& openssl) {
  if (!openssl) return std::nullopt;
  return document::ProgramOpenssl{.path = openssl->path,
                                  .from_environment = openssl->from_environment,
                                  .ktls = openssl->ktls,
                                  .place = place_of(openssl->ktls_place),
                                  .tls12 = openssl->tls12,
                                  .tls13 = openssl->tls13};
}

document::Program program_of(const Program& program, const Programs& all,
                             const RekeyFacts& kernel) {
  const KtlsUse use = ktls_use(program, all.gnutls_asks);
  document::Program row{
      .name = program.name,
      .service = or_null(program.service),
      .executable = or_null(program.executable),
      .pids = {program.pids.begin(), program.pids.end()},
      .at_boot = program.at_boot,
      .libraries = {},
      .transport = word(program.transport),
      .uses_ktls = {.answer = word(use.answer), .sure = use.sure, .because = use.because},
      .config = config_of(program.config),
      .openssl = openssl_of(program.openssl),
      .ignores_environment = {},
      .cpus = {},
      .seccomp = program.seccomp,
      .risk = {},
      .not_looked_at = program.doubts};
  if (!program.cpus.empty()) row.cpus = program.cpus.to_list();
  if (!program.pids.empty()) row.ignores_environment = program.ignores_environment;
  for (const ProgramLibrary& library : program.libraries)
    row.libraries.push_back(library_of(library));
  if (const auto risk = risk_of_ktls(program, all.gnutls_asks, kernel))
    row.risk = document::ProgramRisk{
        .kind = word(risk->kind), .text = risk->text, .ways_out = risk->ways_out};
  return row;
}

document::Defect defect_of(const DefectFinding& finding) {
  const Defect& defect = *finding.defect;
  document::Defect row{.id = std::string(defect.id),
                       .of = word(defect.of),
                       .version = or_null(finding.version),
                       .state = word(finding.state),
                       .title = std::string(defect.title),
                       .symptom = std::string(defect.symptom),
                       .needs = word(defect.needs),
                       .in_use = word(finding.in_use),
                       .use_because = or_null(finding.use_because),
                       .fixed_in = {},
                       .next_step = or_null(next_step(finding))};
  for (const ReleaseNumber& fix : defect.fixed) row.fixed_in.push_back(to_text(fix));
  return row;
}

}  // namespace

document::Programs programs_document(const Programs& programs, const RekeyFacts& kernel) {
  document::Programs all{
      .programs = {}, .gnutls_asks = programs.gnutls_asks, .not_looked_at = programs.not_looked_at};
  for (const Program& program : programs.all)
    all.programs.push_back(program_of(program, programs, kernel));
  return all;
}

std::vector<document::Defect> defects_document(std::span<const DefectFinding> findings) {
  std::vector<document::Defect> rows;
  for (const DefectFinding& finding : findings) rows.push_back(defect_of(finding));
  return rows;
}

}  // namespace tuner
