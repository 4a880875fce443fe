#pragma once

namespace tuner {

struct Clock {
  int seconds;
};

int size_of(int value);

}  // namespace tuner
