// SPDX-License-Identifier: GPL-2.0-only
/* The one file that makes the tracepoints. */
#include "compat/compat.h"
#include "conn/session.h"
#include "zmtp/endpoint.h"

#define CREATE_TRACE_POINTS
#include "trace.h"
