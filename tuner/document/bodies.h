// All bodies of documents. A file that sets or reads one includes its header alone.
#pragma once

#include "document/bench.h"
#include "document/bench_comparison.h"
#include "document/bundle.h"
#include "document/diagnose.h"
#include "document/envelope.h"
#include "document/facts.h"
#include "document/openssl_conf.h"
#include "document/profile.h"
#include "document/recorded_programs.h"
#include "document/run.h"
#include "document/sockets.h"
#include "document/status.h"
#include "document/tls_server.h"
#include "document/tool.h"
#include "document/tune.h"
#include "document/watch.h"
