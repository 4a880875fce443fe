// The kernel's list of a NIC's queues, in the document of facts.
#pragma once

#include "document/common.h"
#include "model/nic_queues.h"

namespace tuner::document {

struct KernelQueue {
  std::string direction;
  unsigned number = 0;
  std::optional<unsigned> napi;
  std::string consumer;
};

void describe(auto& keys, Exactly<KernelQueue> auto& queue) {
  keys.object("kernel_queue", "A queue of a NIC");
  keys.key({"direction", {}, {.words = words_of<QueueDirection>()}}, queue.direction);
  keys.key({"number"}, queue.number);
  keys.key({"napi", "The id of its NAPI instance; null: the driver does not report it"},
           queue.napi);
  keys.key({"consumer",
            "Who gets its packets. stack: this host's network stack; lease: another interface, "
            "such as a container's; xsk: AF_XDP zero copy; dmabuf: device memory; io_uring: "
            "memory of a process",
            {.words = words_of<QueueConsumer>()}},
           queue.consumer);
}

struct Napi {
  unsigned id = 0;
  std::optional<unsigned> irq;
  std::optional<unsigned> thread;
  std::optional<std::string> threads;
};

void describe(auto& keys, Exactly<Napi> auto& napi) {
  keys.object("napi", "A NAPI instance: the poll loop of one or more queues");
  keys.key({"id"}, napi.id);
  keys.key({"irq", "null: the driver does not report it"}, napi.irq);
  keys.key({"thread", "The PID of its thread; before Linux 6.17 also of one that is not in use"},
           napi.thread);
  keys.key(
      {"threads", "null: not reported (before Linux 6.17)", {.words = words_of<NapiThreads>()}},
      napi.threads);
}

struct KernelQueues {
  std::vector<KernelQueue> queues;
  std::vector<Napi> napis;
};

void describe(auto& keys, Exactly<KernelQueues> auto& all) {
  keys.object("kernel_queues", "Queues and NAPI instances as the kernel lists them");
  keys.key({"queues", "Empty: the interface is down"}, all.queues);
  keys.key({"napis"}, all.napis);
}

}  // namespace tuner::document
