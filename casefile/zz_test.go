package casefile_test
import ("testing";"context";"fmt";"os"
"github.com/coldtrail/coldtrail/casefile")
func TestZZ(t *testing.T){
 c,err:=casefile.Embedded(os.Getenv("ZZ")); if err!=nil{t.Fatal(err)}
 l,err:=casefile.Load(context.Background(),c); if err!=nil{t.Fatal(err)}
 fmt.Println(l.Graph.Info().Transfers,l.Notes,l.Inputs,l.BoundaryDigest)
 for _,e:=range c.Expect{ v,ok:=l.Check(e); if !ok{continue}; if v.Status=="ok"{fmt.Println("ok",v.Title)} else {fmt.Printf("%s %s\n   want %s\n   got %s\n",v.Status,v.Title,v.Want,v.Got)}}
}
