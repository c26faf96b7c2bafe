"""How is a plan written for the scheduler one already has? One file a target; nothing here touches that scheduler."""
