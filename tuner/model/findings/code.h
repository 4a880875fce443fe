// The codes of findings: what `diagnose` can find on a host. Programs match the words, so a word
// never changes.
#pragma once

#include "base/words.h"

namespace tuner {

enum class FindingSeverity {
  Unsafe,   // TLS breaks, or a peer can break it
  OffPath,  // TLS that could be in the kernel or the NIC is not
  Advice,   // it costs speed, or fails later
  Note,     // worth to know; nothing is wrong
};
template <>
inline constexpr auto kWords<FindingSeverity> =
    std::to_array<Word<FindingSeverity>>({{FindingSeverity::Unsafe, "unsafe"},
                                          {FindingSeverity::OffPath, "off-path"},
                                          {FindingSeverity::Advice, "advice"},
                                          {FindingSeverity::Note, "note"}});

// In each severity in the order in which they are shown.
enum class FindingCode {
  ProgramBreaks,
  ProgramKeyUpdate,
  RekeyErrors,
  KernelDefects,
  KernelWithoutTls,
  ModuleMissing,
  ModuleDenyListed,
  ModuleLocked,
  ModuleNotLoaded,
  LibraryTooOld,
  ServerOptionMissing,
  OpensslOptionMissing,
  KeysNotSet,
  TlshdMissing,
  ProbeOffPath,
  NicChecksumOff,
  NicFeatureDropped,
  LoadingBreaks,
  ModuleNotAtBoot,
  KernelOld,
  SessionsOutside,
  LibraryReplaced,
  LibraryDefects,
  DecryptErrors,
  DeviceResync,
  CipherGeneric,
  CipherAsync,
  NicOffloadOff,
  NicDriverOption,
  NicSwitchdev,
  NicBond,
  NicSoftwareInterface,
  KernelWithoutOffload,
  NicLinkSlow,
  InterruptsNotLocal,
  GovernorSavesPower,
  PreferenceSavesPower,
  ProfileNotInEffect,
  SettingOverridden,
  SysctlHarmful,
  ReceiveWindowLowered,
  SwitchedOff,
  ProgramCannot,
  ProgramWouldBreak,
  ReceivesInUserSpace,
  NicCannot,
  BuffersSmall,
  OtherNetNamespace,
  Container,
  Fips,
};
template <>
inline constexpr auto kWords<FindingCode> =
    std::to_array<Word<FindingCode>>({{FindingCode::ProgramBreaks, "program-breaks"},
                                      {FindingCode::ProgramKeyUpdate, "program-key-update"},
                                      {FindingCode::RekeyErrors, "rekey-errors"},
                                      {FindingCode::KernelDefects, "kernel-defects"},
                                      {FindingCode::KernelWithoutTls, "kernel-without-tls"},
                                      {FindingCode::ModuleMissing, "module-missing"},
                                      {FindingCode::ModuleDenyListed, "module-deny-listed"},
                                      {FindingCode::ModuleLocked, "module-locked"},
                                      {FindingCode::ModuleNotLoaded, "module-not-loaded"},
                                      {FindingCode::LibraryTooOld, "library-too-old"},
                                      {FindingCode::ServerOptionMissing, "server-option-missing"},
                                      {FindingCode::OpensslOptionMissing, "openssl-option-missing"},
                                      {FindingCode::KeysNotSet, "keys-not-set"},
                                      {FindingCode::TlshdMissing, "tlshd-missing"},
                                      {FindingCode::ProbeOffPath, "probe-off-path"},
                                      {FindingCode::NicChecksumOff, "nic-checksum-off"},
                                      {FindingCode::NicFeatureDropped, "nic-feature-dropped"},
                                      {FindingCode::LoadingBreaks, "loading-breaks"},
                                      {FindingCode::ModuleNotAtBoot, "module-not-at-boot"},
                                      {FindingCode::KernelOld, "kernel-old"},
                                      {FindingCode::SessionsOutside, "sessions-outside"},
                                      {FindingCode::LibraryReplaced, "library-replaced"},
                                      {FindingCode::LibraryDefects, "library-defects"},
                                      {FindingCode::DecryptErrors, "decrypt-errors"},
                                      {FindingCode::DeviceResync, "device-resync"},
                                      {FindingCode::CipherGeneric, "cipher-generic"},
                                      {FindingCode::CipherAsync, "cipher-async"},
                                      {FindingCode::NicOffloadOff, "nic-offload-off"},
                                      {FindingCode::NicDriverOption, "nic-driver-option"},
                                      {FindingCode::NicSwitchdev, "nic-switchdev"},
                                      {FindingCode::NicBond, "nic-bond"},
                                      {FindingCode::NicSoftwareInterface, "nic-software-interface"},
                                      {FindingCode::KernelWithoutOffload, "kernel-without-offload"},
                                      {FindingCode::NicLinkSlow, "nic-link-slow"},
                                      {FindingCode::InterruptsNotLocal, "interrupts-not-local"},
                                      {FindingCode::GovernorSavesPower, "governor-saves-power"},
                                      {FindingCode::PreferenceSavesPower, "preference-saves-power"},
                                      {FindingCode::ProfileNotInEffect, "profile-not-in-effect"},
                                      {FindingCode::SettingOverridden, "setting-overridden"},
                                      {FindingCode::SysctlHarmful, "sysctl-harmful"},
                                      {FindingCode::ReceiveWindowLowered, "receive-window-lowered"},
                                      {FindingCode::SwitchedOff, "switched-off"},
                                      {FindingCode::ProgramCannot, "program-cannot"},
                                      {FindingCode::ProgramWouldBreak, "program-would-break"},
                                      {FindingCode::ReceivesInUserSpace, "receives-in-user-space"},
                                      {FindingCode::NicCannot, "nic-cannot"},
                                      {FindingCode::BuffersSmall, "buffers-small"},
                                      {FindingCode::OtherNetNamespace, "other-net-namespace"},
                                      {FindingCode::Container, "container"},
                                      {FindingCode::Fips, "fips"}});

}  // namespace tuner
