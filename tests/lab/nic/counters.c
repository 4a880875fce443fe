// SPDX-License-Identifier: GPL-2.0
/* The statistics of `ethtool -S`, under the names of one of the real drivers. */
#include <linux/module.h>
#include "labnic.h"

static char *style = "mlx5";
module_param_named(counters, style, charp, 0444);
MODULE_PARM_DESC(counters, "driver whose counter names are used: mlx5, nfp or cxgb4");

struct counter_name {
	const char *name;
	enum labnic_counter counter;
};

static const struct counter_name mlx5_names[] = {
	{ "tx_tls_encrypted_packets", TX_ENCRYPTED_PACKETS },
	{ "tx_tls_encrypted_bytes", TX_ENCRYPTED_BYTES },
	{ "tx_tls_ctx", TX_CONTEXTS },
	{ "tx_tls_del", TX_DELETED },
	{ "tx_tls_ooo", TX_OUT_OF_ORDER },
	{ "tx_tls_skip_no_sync_data", TX_SKIPPED },
	{ "tx_tls_drop_no_sync_data", TX_DROPPED },
	{ "rx_tls_decrypted_packets", RX_DECRYPTED_PACKETS },
	{ "rx_tls_decrypted_bytes", RX_DECRYPTED_BYTES },
	{ "rx_tls_ctx", RX_CONTEXTS },
	{ "rx_tls_del", RX_DELETED },
	{ "rx_tls_resync_req_pkt", RX_RESYNC_PACKETS },
	{ "rx_tls_resync_req_start", RX_RESYNC_STARTED },
	{ "rx_tls_resync_req_end", RX_RESYNC_ENDED },
	{ "rx_tls_resync_req_skip", RX_RESYNC_SKIPPED },
	{ "rx_tls_resync_res_ok", RX_RESYNC_OK },
	{ "rx_tls_resync_res_skip", RX_RESYNC_IGNORED },
	{ "rx_tls_err", RX_ERRORS },
};

static const struct counter_name nfp_names[] = {
	{ "rx_tls_decrypted_packets", RX_DECRYPTED_PACKETS },
	{ "tx_tls_encrypted_packets", TX_ENCRYPTED_PACKETS },
	{ "tx_tls_ooo", TX_OUT_OF_ORDER },
	{ "tx_tls_drop_no_sync_data", TX_DROPPED },
	{ "hw_tls_no_space", NO_SPACE },
	{ "rx_tls_resync_req_ok", RX_RESYNC_OK },
	{ "rx_tls_resync_req_ign", RX_RESYNC_IGNORED },
	{ "rx_tls_resync_sent", RX_RESYNC_STARTED },
};

/* cxgb4 pads its names with blanks. */
/* clang-format off */
static const struct counter_name cxgb4_names[] = {
	{ "tx_tls_encrypted_packets", TX_ENCRYPTED_PACKETS },
	{ "tx_tls_encrypted_bytes  ", TX_ENCRYPTED_BYTES },
	{ "tx_tls_ctx              ", TX_CONTEXTS },
	{ "tx_tls_ooo              ", TX_OUT_OF_ORDER },
	{ "tx_tls_skip_no_sync_data", TX_SKIPPED },
	{ "tx_tls_drop_no_sync_data", TX_DROPPED },
};
/* clang-format on */

/* labnic's own counters, with every style. */
static const struct counter_name own_names[] = {
	{ "wire_dropped", WIRE_DROPPED },
	{ "wire_duplicated", WIRE_DUPLICATED },
	{ "wire_reordered", WIRE_REORDERED },
};

static const char *const tx_names[] = { "packets", "bytes", "tls_encrypted_packets", "tls_encrypted_bytes" };
static const char *const rx_names[] = { "packets", "bytes", "tls_decrypted_packets", "tls_decrypted_bytes" };

static const struct counter_name *names = mlx5_names;
static unsigned int name_count = ARRAY_SIZE(mlx5_names);

int labnic_counters_init(void)
{
	if (!strcmp(style, "mlx5"))
		return 0;
	if (!strcmp(style, "nfp")) {
		names = nfp_names;
		name_count = ARRAY_SIZE(nfp_names);
		return 0;
	}
	if (!strcmp(style, "cxgb4")) {
		names = cxgb4_names;
		name_count = ARRAY_SIZE(cxgb4_names);
		return 0;
	}
	pr_err("labnic: counters=%s: mlx5, nfp or cxgb4\n", style);
	return -EINVAL;
}

int labnic_get_sset_count(struct net_device *dev, int set)
{
	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return name_count + ARRAY_SIZE(own_names) + labnic_max_queues * (ARRAY_SIZE(tx_names) + ARRAY_SIZE(rx_names));
}

void labnic_get_strings(struct net_device *dev, u32 set, u8 *text)
{
	unsigned int queue, name;

	if (set != ETH_SS_STATS)
		return;
	for (name = 0; name < name_count; name++)
		ethtool_sprintf(&text, "%s", names[name].name);
	for (name = 0; name < ARRAY_SIZE(own_names); name++)
		ethtool_sprintf(&text, "%s", own_names[name].name);
	for (queue = 0; queue < labnic_max_queues; queue++) {
		for (name = 0; name < ARRAY_SIZE(tx_names); name++)
			ethtool_sprintf(&text, "tx%u_%s", queue, tx_names[name]);
		for (name = 0; name < ARRAY_SIZE(rx_names); name++)
			ethtool_sprintf(&text, "rx%u_%s", queue, rx_names[name]);
	}
}

void labnic_get_stats(struct net_device *dev, struct ethtool_stats *stats, u64 *values)
{
	struct labnic *nic = netdev_priv(dev);
	unsigned int queue, name;

	for (name = 0; name < name_count; name++)
		*values++ = atomic64_read(&nic->count[names[name].counter]);
	for (name = 0; name < ARRAY_SIZE(own_names); name++)
		*values++ = atomic64_read(&nic->count[own_names[name].counter]);
	for (queue = 0; queue < labnic_max_queues; queue++) {
		*values++ = atomic64_read(&nic->tx[queue].packets);
		*values++ = atomic64_read(&nic->tx[queue].bytes);
		*values++ = atomic64_read(&nic->tx[queue].tls_packets);
		*values++ = atomic64_read(&nic->tx[queue].tls_bytes);
		*values++ = atomic64_read(&nic->rx[queue].packets);
		*values++ = atomic64_read(&nic->rx[queue].bytes);
		*values++ = atomic64_read(&nic->rx[queue].tls_packets);
		*values++ = atomic64_read(&nic->rx[queue].tls_bytes);
	}
}
