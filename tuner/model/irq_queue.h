// Which queue an interrupt serves, from evidence. Its name is one source, and the queues that exist
// hold against it: a number beyond them is no queue's, and is never moved to one that exists.
#pragma once

#include "model/facts.h"

#include <string_view>
#include <vector>

namespace tuner {

// The interrupts of one NIC as their names tell them, and what is true of them where `rx_queues`
// and `tx_queues` exist. What serves none of these becomes Role::Other without a queue. Counts of 0
// are not known, and leave the names' word.
void fit_to_queues(int rx_queues, int tx_queues, std::vector<NicIrq>& irqs);

// A vector whose name has a queue's number although it serves none: idle since a change of
// channels (mlx5 keeps one for each CPU), or not understood.
bool serves_no_queue(const NicIrq& irq, std::string_view interface);

}  // namespace tuner
