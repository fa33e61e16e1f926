"""The synthetic demonstration city (演示城市): plainly synthetic, checksum-valid."""
