#pragma once

// libiptc and the kernel structures that a rule of this project is made of.
#include <libiptc/libiptc.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_statistic.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter/xt_NFQUEUE.h>
