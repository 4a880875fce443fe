#include "model/irq_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace tuner {
namespace {

using enum NicIrq::Role;

std::string_view first_driver(const IrqRule& rule) {
  return rule.only.substr(0, rule.only.find(','));
}

TEST(IrqRules, EachRowMatchesItsSample) {
  for (const IrqRule& rule : irq_rules()) {
    const IrqName name = read_irq_name(rule.sample, first_driver(rule), "eth0");
    ASSERT_EQ(name.rule, &rule) << rule.sample << " matches another row: "
                                << (name.rule == nullptr ? "none" : name.rule->form);
    EXPECT_EQ(name.number >= 0, rule.form.find('#') != std::string_view::npos) << rule.sample;
  }
}

TEST(IrqRules, EachRowHasASourceAndNoTwoAreTheSame) {
  std::set<std::pair<std::string_view, std::string_view>> rows;
  for (const IrqRule& rule : irq_rules()) {
    EXPECT_FALSE(rule.source.empty()) << rule.form;
    EXPECT_TRUE(rows.emplace(rule.only, rule.form).second) << rule.form;
  }
}

TEST(IrqRules, AFormOfOneDriverDoesNotMatchAnother) {
  const auto numbering = [](std::string_view driver) {
    return read_irq_name("eth0-tx-4", driver, "eth0").rule->numbering;
  };
  EXPECT_EQ(numbering("bnxt_en"), Numbering::AfterRx);
  EXPECT_EQ(numbering("bnxt"), Numbering::Queue);
  EXPECT_EQ(numbering(""), Numbering::Queue);
  EXPECT_EQ(read_irq_name("eth0", "igc", "eth0").rule->role, Other);
  EXPECT_EQ(read_irq_name("eth0", "atlantic", "eth0").rule, nullptr)
      << "all of its interrupts have this name";
}

TEST(IrqRules, TheNumberIsReadRegardlessOfCaseAndSuffix) {
  EXPECT_EQ(read_irq_name("eth2-RX3", "cxgb4", "eth2").number, 3);
  EXPECT_EQ(read_irq_name("eth0 (queue 12)", "cxgb4", "eth0").number, 12);
  EXPECT_EQ(read_irq_name("mlx5_comp127@pci:0000:81:00.0", "mlx5_core", "eth0").number, 127);
  EXPECT_EQ(read_irq_name("ens1f0-TxRx-3", "ixgbe", "renamed").number, 3);
}

TEST(IrqRules, ABareNumberCountsOnlyAfterTheInterfaceName) {
  EXPECT_EQ(read_irq_name("ens1-3", "sfc", "ens1").number, 3);
  EXPECT_EQ(read_irq_name("ens1-3", "sfc", "ens10").rule, nullptr);
  EXPECT_EQ(read_irq_name("xhci-3", "sfc", "ens1").rule, nullptr);
}

TEST(IrqRules, UnknownNamesMatchNoRow) {
  for (const std::string_view action :
       {"", "eth0", "@", "17", "timer", "nvme0q3", "eth0-rxtx-", "eth0-rxtx-70000",
        "eth0-rxtx-99999999999999999999", "eth0-rxtx-3x", "eth0 (queue )", "eth0 (queue 3",
        "eth0-txq-3", "mana_msi3@pci:7870:00:00.0", "i40e-0000:81:00.0:other"})
    EXPECT_EQ(read_irq_name(action, "mlx5_core", "x9").rule, nullptr) << action;
}

}  // namespace
}  // namespace tuner
