"""What does compute buy, and how should it be spread so that it buys most? Response curves f(C), and programs over them.

`curves` holds the families, `envelope` their least concave majorants, `spread` the programs that divide compute among
members, `frontier` the trade-off between equality and capability, `holding` what "compute of a member" means in a situation;
`fitting` which curve measured points follow, `meaning` what that says, `sensitivity` what the choice of a curve does.
"""
