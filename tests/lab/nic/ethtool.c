// SPDX-License-Identifier: GPL-2.0
/* The ethtool operations. A change of channels or rings closes and opens the queues, and the link is down meanwhile. */
#include <linux/log2.h>
#include <linux/module.h>
#include "labnic.h"

static int channels_refuse;
module_param(channels_refuse, int, 0644);
MODULE_PARM_DESC(channels_refuse, "a change of channels fails with this error (0: it succeeds)");
static int rings_refuse;
module_param(rings_refuse, int, 0644);
MODULE_PARM_DESC(rings_refuse, "a change of rings fails with this error and a message (0: it succeeds)");
static int coalesce_refuse;
module_param(coalesce_refuse, int, 0644);
MODULE_PARM_DESC(coalesce_refuse, "a change of coalescing fails with this error and a message (0: it succeeds)");

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, labnic_driver, sizeof(info->driver));
	strscpy(info->version, "1.0", sizeof(info->version));
	strscpy(info->fw_version, "1.0.0 (lab)", sizeof(info->fw_version));
	strscpy(info->bus_info, dev_name(dev->dev.parent), sizeof(info->bus_info));
}

static int get_link_ksettings(struct net_device *dev, struct ethtool_link_ksettings *settings)
{
	ethtool_link_ksettings_zero_link_mode(settings, supported);
	ethtool_link_ksettings_zero_link_mode(settings, advertising);
	settings->base.speed = netif_carrier_ok(dev) ? labnic_speed : SPEED_UNKNOWN;
	settings->base.duplex = netif_carrier_ok(dev) ? DUPLEX_FULL : DUPLEX_UNKNOWN;
	settings->base.port = PORT_DA;
	settings->base.autoneg = AUTONEG_DISABLE;
	return 0;
}

/* --- Channels --------------------------------------------------------------------------------- */

static void get_channels(struct net_device *dev, struct ethtool_channels *channels)
{
	struct labnic *nic = netdev_priv(dev);

	channels->max_combined = labnic_max_queues;
	channels->combined_count = nic->queues;
}

/* The stack has already checked the maximum and the steering table. */
static int set_channels(struct net_device *dev, struct ethtool_channels *channels)
{
	struct labnic *nic = netdev_priv(dev);

	if (READ_ONCE(channels_refuse)) {
		netdev_err(dev, "the number of channels cannot be changed now\n");
		return -abs(READ_ONCE(channels_refuse));
	}
	if (!channels->combined_count)
		return -EINVAL;
	if (channels->combined_count != nic->queues)
		labnic_reopen(nic, channels->combined_count);
	return 0;
}

/* --- Receive steering ------------------------------------------------------------------------- */

static u32 get_rxfh_indir_size(struct net_device *dev)
{
	return LABNIC_INDIRECTION;
}

static int get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info, u32 *rules)
{
	struct labnic *nic = netdev_priv(dev);

	if (info->cmd != ETHTOOL_GRXRINGS)
		return -EOPNOTSUPP;
	info->data = nic->queues;
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
static int get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *param)
{
	struct labnic *nic = netdev_priv(dev);

	param->hfunc = ETH_RSS_HASH_TOP;
	if (param->indir)
		memcpy(param->indir, nic->indirection, sizeof(nic->indirection));
	return 0;
}

static int set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *param, struct netlink_ext_ack *extack)
{
	struct labnic *nic = netdev_priv(dev);

	if (param->key || (param->hfunc != ETH_RSS_HASH_NO_CHANGE && param->hfunc != ETH_RSS_HASH_TOP))
		return -EOPNOTSUPP;
	if (param->indir)
		memcpy(nic->indirection, param->indir, sizeof(nic->indirection));
	return 0;
}
#else
static int get_rxfh(struct net_device *dev, u32 *table, u8 *key, u8 *function)
{
	struct labnic *nic = netdev_priv(dev);

	if (function)
		*function = ETH_RSS_HASH_TOP;
	if (table)
		memcpy(table, nic->indirection, sizeof(nic->indirection));
	return 0;
}

static int set_rxfh(struct net_device *dev, const u32 *table, const u8 *key, const u8 function)
{
	struct labnic *nic = netdev_priv(dev);

	if (key || (function != ETH_RSS_HASH_NO_CHANGE && function != ETH_RSS_HASH_TOP))
		return -EOPNOTSUPP;
	if (table)
		memcpy(nic->indirection, table, sizeof(nic->indirection));
	return 0;
}
#endif

/* --- Rings ------------------------------------------------------------------------------------ */

static void get_ringparam(struct net_device *dev, struct ethtool_ringparam *rings,
			  struct kernel_ethtool_ringparam *more, struct netlink_ext_ack *extack)
{
	struct labnic *nic = netdev_priv(dev);

	rings->rx_max_pending = LABNIC_RING_MAX;
	rings->tx_max_pending = LABNIC_RING_MAX;
	rings->rx_pending = nic->rx_ring;
	rings->tx_pending = nic->tx_ring;
}

static int set_ringparam(struct net_device *dev, struct ethtool_ringparam *rings, struct kernel_ethtool_ringparam *more,
			 struct netlink_ext_ack *extack)
{
	struct labnic *nic = netdev_priv(dev);
	u32 rx = roundup_pow_of_two(max(rings->rx_pending, 1U));
	u32 tx = roundup_pow_of_two(max(rings->tx_pending, 1U));

	if (READ_ONCE(rings_refuse)) {
		NL_SET_ERR_MSG(extack, "the rings cannot be changed now");
		return -abs(READ_ONCE(rings_refuse));
	}
	if (rings->rx_pending < LABNIC_RING_MIN || rings->tx_pending < LABNIC_RING_MIN) {
		NL_SET_ERR_MSG(extack, "a ring has at least 64 entries");
		return -EINVAL;
	}
	if (rx == nic->rx_ring && tx == nic->tx_ring)
		return 0;
	nic->rx_ring = rx;
	nic->tx_ring = tx;
	labnic_reopen(nic, nic->queues);
	return 0;
}

/* --- Coalescing ------------------------------------------------------------------------------- */

static int get_coalesce(struct net_device *dev, struct ethtool_coalesce *coalesce, struct kernel_ethtool_coalesce *more,
			struct netlink_ext_ack *extack)
{
	struct labnic *nic = netdev_priv(dev);

	*coalesce = nic->coalesce;
	return 0;
}

static int set_coalesce(struct net_device *dev, struct ethtool_coalesce *coalesce, struct kernel_ethtool_coalesce *more,
			struct netlink_ext_ack *extack)
{
	struct labnic *nic = netdev_priv(dev);

	if (READ_ONCE(coalesce_refuse)) {
		NL_SET_ERR_MSG(extack, "coalescing cannot be changed now");
		return -abs(READ_ONCE(coalesce_refuse));
	}
	if (coalesce->rx_coalesce_usecs > 4095 || coalesce->tx_coalesce_usecs > 4095) {
		NL_SET_ERR_MSG(extack, "at most 4095 microseconds");
		return -ERANGE;
	}
	nic->coalesce = *coalesce;
	return 0;
}

const struct ethtool_ops labnic_ethtool_ops = {
	.supported_coalesce_params =
		ETHTOOL_COALESCE_USECS | ETHTOOL_COALESCE_MAX_FRAMES | ETHTOOL_COALESCE_USE_ADAPTIVE,
	.get_drvinfo = get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_link_ksettings = get_link_ksettings,
	.get_channels = get_channels,
	.set_channels = set_channels,
	.get_rxnfc = get_rxnfc,
	.get_rxfh_indir_size = get_rxfh_indir_size,
	.get_rxfh = get_rxfh,
	.set_rxfh = set_rxfh,
	.get_ringparam = get_ringparam,
	.set_ringparam = set_ringparam,
	.get_coalesce = get_coalesce,
	.set_coalesce = set_coalesce,
	.get_sset_count = labnic_get_sset_count,
	.get_strings = labnic_get_strings,
	.get_ethtool_stats = labnic_get_stats,
	.get_ts_info = ethtool_op_get_ts_info,
};
