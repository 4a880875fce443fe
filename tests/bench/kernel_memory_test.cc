#include "bench/kernel_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kMeminfo =
    "MemTotal:       24000000 kB\n"
    "MemAvailable:   23636920 kB\n"
    "Slab:             693308 kB\n"
    "SReclaimable:     611176 kB\n"
    "SUnreclaim:        82132 kB\n";

TEST(KernelMemory, SlabsAndAvailableMemoryAreInBytes) {
  EXPECT_EQ(slab_bytes(kMeminfo), 82132U * 1024);
  EXPECT_EQ(available_bytes(kMeminfo), 23636920U * 1024ULL);
}

// A container's own meminfo (lxcfs) says 0, which would make each connection cost nothing.
TEST(KernelMemory, AbsentHiddenAndMalformedAreNotZero) {
  EXPECT_EQ(slab_bytes("MemTotal: 1 kB\n").error().fault, Fault::NotFound);
  EXPECT_THAT(slab_bytes("SUnreclaim: 0 kB\n").error().text, HasSubstr("shows no slabs"));
  EXPECT_EQ(slab_bytes("SUnreclaim: many kB\n").error().fault, Fault::Invalid);
  EXPECT_EQ(slab_bytes("SUnreclaim:\n").error().fault, Fault::NotFound);
  EXPECT_EQ(available_bytes("").error().fault, Fault::NotFound);
}

TEST(KernelMemory, TheBuffersOfTcpAreThoseOfItsLine) {
  EXPECT_EQ(tcp_buffer_pages("sockets: used 16\n"
                             "TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 253\n"
                             "UDP: inuse 0 mem 7\n"),
            253U);
  EXPECT_EQ(tcp_buffer_pages("UDP: inuse 0 mem 7\n").error().fault, Fault::NotFound);
  EXPECT_EQ(tcp_buffer_pages("TCP: inuse 1 mem\n").error().fault, Fault::NotFound);
  EXPECT_EQ(tcp_buffer_pages("TCP: mem x\n").error().fault, Fault::Invalid);
}

}  // namespace
}  // namespace tuner
