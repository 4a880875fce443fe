#include "model/kernel_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(KernelWarnings, NameTheFaultsOfTls) {
  const KernelWarnings found = kernel_warnings(
      "<6>[    1.000000] tls: loading out-of-tree module taints kernel.\n"
      "<4>[   12.345678] ------------[ cut here ]------------\n"
      "<4>[   12.345679] WARNING: CPU: 1 PID: 812 at net/tls/tls_sw.c:1205 tls_sw_push+0x1/0x2 "
      "[tls]\n"
      "<4>[   12.345680] RIP: 0010:tls_sw_push+0x1/0x2 [tls]\n"
      "<4>[   12.345681]  tls_sw_sendmsg+0x1/0x2 [tls]\n");
  EXPECT_TRUE(found.any);
  EXPECT_THAT(
      found.of_tls,
      ElementsAre("WARNING: CPU: 1 PID: 812 at net/tls/tls_sw.c:1205 tls_sw_push+0x1/0x2 [tls]",
                  "RIP: 0010:tls_sw_push+0x1/0x2 [tls]"));
}

TEST(KernelWarnings, KnowOtherFormsOfTheLine) {
  EXPECT_THAT(
      kernel_warnings("<1>[  9.1][ T812] BUG: KASAN: slab-use-after-free in tls_sk_proto+0x1\n"
                      "<0>pc : tls_decrypt_sg+0x10/0x20\n"
                      "<4>[ 9.2] WARNING: net/tls/tls_device.c:7 at tls_x+0x1, CPU#1: x/1\n")
          .of_tls,
      SizeIs(3));
}

TEST(KernelWarnings, AFaultOfAnotherPartIsNoneOfTls) {
  const KernelWarnings found = kernel_warnings(
      "<4>[ 2.0] WARNING: CPU: 0 PID: 1 at fs/ext4/inode.c:3 ext4_x+0x1/0x2 [ext4]\n"
      "<4>[ 2.0] Modules linked in: tls ext4 [last unloaded: tls]\n"
      "<4>[ 2.0]  xs_tls_handshake_done+0x1/0x2 [sunrpc]\n");
  EXPECT_TRUE(found.any);
  EXPECT_THAT(found.of_tls, IsEmpty());
}

// <12> is LOG_USER: the kernel gives it to what root writes to /dev/kmsg, whatever level it asks
// for.
TEST(KernelWarnings, AProcessCannotForgeOne) {
  const KernelWarnings found = kernel_warnings(
      "<12>[ 2.0] WARNING: CPU: 1 PID: 812 at net/tls/tls_sw.c:1205 tls_x+0x1/0x2 [tls]\n"
      "WARNING: CPU: 1 PID: 812 at net/tls/tls_sw.c:1205 tls_x+0x1/0x2 [tls]\n"
      "<x>WARNING: net/tls/\n<4\n<>\n");
  EXPECT_FALSE(found.any);
  EXPECT_THAT(found.of_tls, IsEmpty());
}

TEST(KernelWarnings, AFloodIsCut) {
  std::string log;
  for (int i = 0; i < 1000; ++i) log += "<4>[ 2.0] WARNING: net/tls/tls_sw.c:1 at x\n";
  EXPECT_THAT(kernel_warnings(log).of_tls, SizeIs(8));
}

}  // namespace
}  // namespace tuner
